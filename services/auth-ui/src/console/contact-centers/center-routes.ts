/** Serves the list of contact centres, the form for a new one, and the overview of each with the form that changes it. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api/environments';
import { forbidden } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { nameOf } from '../environments/frame.ts';
import { textAt } from '../form/inputs.ts';
import { formRoutes } from '../form/routes.ts';
import { ifMatch } from '../shell/conflict.ts';
import { factsView, listView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { centerParams as params } from './center.ts';
import {
  besideFields,
  changeBodyOf,
  createPage,
  type EnvironmentChoice,
  editPage,
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

  formRoutes(pages, shell, {
    url: '/create',
    fields: { environmentId: typedText(64) },
    async read(visit, { environmentId }) {
      requireInstallation(visit);
      return { environmentId, environments: await environmentsFor(visit, environmentId) };
    },
    page: (visit, { environmentId, environments }, typed) =>
      createPage(visit, environments, typed, environmentId),
    act: (visit, _asked, { typed }) => centersOf(visit).create(newBodyOf(visit, typed)),
    done: (visit, _asked, { id, name }) =>
      shell.done(visit, contactCenterPath(id), 'console.contactCenters.createdNow', { name }),
    beside: (_visit, problem) => besideFields(problem),
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

  formRoutes(pages, shell, {
    url: '/:id/edit',
    path: params.shape,
    read: (visit, { id }) => centersOf(visit).readTagged(id),
    page: async (visit, { data }, typed) => {
      const chosen = typed === undefined ? data.environmentId : textAt(typed, 'environmentId');
      return editPage(visit, data, await environmentsFor(visit, chosen), typed);
    },
    act: (visit, { id }, { typed, etag }) =>
      createContactCenterAdministration(ifMatch(visit.environmentApi, etag)).change(
        id,
        changeBodyOf(visit, typed),
      ),
    done: (visit, { id }, { name }) =>
      shell.done(visit, contactCenterPath(id), 'console.contactCenters.saved', { name }),
    beside: (_visit, problem) => besideFields(problem),
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
