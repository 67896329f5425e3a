/** Serves the list of contact centres, the form for a new one, and the overview of each with the form that changes it. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api/environments';
import { forbidden } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { nameOf } from '../environments/frame.ts';
import { ifMatch } from '../shell/conflict.ts';
import { factsView, formView, listView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { centerParams as params } from './center.ts';
import {
  besideFields,
  bodyOf,
  type CenterFields,
  centerFields,
  createPage,
  type EnvironmentChoice,
  editPage,
  fieldsOf,
  newBodyOf,
} from './center-form.ts';
import { contactCenterPath } from './frame.ts';
import { listPage } from './list-page.ts';
import { overviewPage } from './overview-page.ts';

const rowsPerPage = 50;
/** More of them are no choice that a person can look through. */
const maxChoice = 200;

const listQuery = z.object({
  search: typedText(128),
  environmentId: typedText(64),
  cursor: z.string().max(2048).optional(),
});
const changeFields = centerFields.extend(tagField);

export async function centerRoutes(pages: App, shell: Shell): Promise<void> {
  const centersOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);

  pages.get('', { schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    if (!visit.rights.installation) return toOwn(visit);
    const { search, environmentId, cursor } = request.query;
    const found = await centersOf(visit).page({
      search: search || undefined,
      environmentId: environmentId || undefined,
      limit: String(rowsPerPage),
      cursor,
    });
    // There may be any number of environments: the page names those that it shows.
    const shown = new Set(found.rows.map((center) => center.environmentId));
    if (isId(environmentId)) shown.add(environmentId);
    const environments =
      shown.size === 0
        ? []
        : await createEnvironmentAdministration(visit.environmentApi).list({ ids: [...shown].join(',') });
    const names = new Map(environments.map((one) => [one.id, nameOf(visit, one)]));
    return shell.show(
      visit,
      listView,
      listPage(visit, found, request.query, (id) => names.get(id)),
    );
  });

  /** People who administer one contact centre have no use for a list of one. */
  async function toOwn(visit: ConsoleVisit): Promise<FastifyReply> {
    const own = visit.person.contactCenterId ?? (await centersOf(visit).page({ limit: '1' })).rows[0]?.id;
    if (own === undefined) throw forbidden('There is no contact centre that you administer');
    return visit.reply.redirect(contactCenterPath(own), 303);
  }

  pages.get(
    '/create',
    { schema: { hide: true, querystring: z.object({ environmentId: typedText(64) }) } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      requireInstallation(visit);
      const { environmentId } = request.query;
      const fields: CenterFields = {
        ...{ name: '', domains: '', environmentId, status: 'active' },
        ...{ membershipBy: '', membershipNames: '' },
      };
      return shell.show(
        visit,
        formView,
        createPage(visit, fields, await environmentsFor(visit, environmentId)),
      );
    },
  );

  pages.post('/create', { schema: { hide: true, body: centerFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    requireInstallation(visit);
    const { done, problem } = await attempt(visit, () =>
      centersOf(visit).create(newBodyOf(visit, request.body)),
    );
    if (problem !== undefined) {
      const page = createPage(visit, request.body, await environmentsFor(visit, request.body.environmentId));
      return shell.refused(visit, page, besideFields(problem));
    }
    return shell.done(visit, contactCenterPath(done.id), 'console.contactCenters.createdNow', {
      name: done.name,
    });
  });

  pages.get('/:id', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const center = await centersOf(visit).read(request.params.id);
    const environment = visit.rights.installation
      ? await createEnvironmentAdministration(visit.environmentApi).read(center.environmentId)
      : undefined;
    const name = environment && nameOf(visit, environment);
    return shell.show(visit, factsView, overviewPage(visit, center, name));
  });

  pages.get('/:id/edit', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { data, etag } = await centersOf(visit).readTagged(request.params.id);
    const environments = await environmentsFor(visit, data.environmentId);
    return shell.show(visit, formView, editPage(visit, data, fieldsOf(data), environments, etag));
  });

  pages.post('/:id/edit', { schema: { hide: true, params, body: changeFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const { ifMatch: etag, ...fields } = request.body;
    const guarded = createContactCenterAdministration(ifMatch(visit.environmentApi, etag));
    const { done, problem } = await attempt(visit, () => guarded.change(id, bodyOf(visit, fields)));
    if (problem === undefined) {
      return shell.done(visit, contactCenterPath(id), 'console.contactCenters.saved', { name: done.name });
    }
    const [now, environments] = await Promise.all([
      centersOf(visit).readTagged(id),
      environmentsFor(visit, fields.environmentId),
    ]);
    const page = (shown: CenterFields) => editPage(visit, now.data, shown, environments, etag);
    if (problem.status !== 412) return shell.refused(visit, page(fields), besideFields(problem));
    return shell.compare(visit, {
      typed: page(fields),
      current: page(fieldsOf(now.data)),
      etag: now.etag,
    });
  });
}

/** An address that a person has changed may hold anything. */
const isId = (text: string) => z.guid().safeParse(text).success;

/** Hides a form that the API would refuse. */
function requireInstallation({ rights }: ConsoleVisit): void {
  if (!rights.installation) throw forbidden('New contact centres are made by installation administrators');
}

/** `environmentId`: what stands in the field. */
async function environmentsFor(
  { rights, environmentApi }: ConsoleVisit,
  environmentId: string,
): Promise<EnvironmentChoice> {
  if (!rights.installation) return {};
  const calls = createEnvironmentAdministration(environmentApi);
  const { rows, nextCursor } = await calls.page({ limit: String(maxChoice) });
  if (nextCursor === undefined) return { all: rows };
  const [chosen] = isId(environmentId) ? await calls.list({ ids: environmentId }) : [];
  return { chosen };
}
