/** Serves the list of contact centres, the form for a new one, and the overview of each with the form that changes it. */

import type { Written } from '@gatehouse/api-client/administration';
import {
  createContactCenterAdministration,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { saidIn } from '../../texts/said.ts';
import { trailQuery } from '../audit/filters.ts';
import { trailPage, trailView } from '../audit/trail-page.ts';
import { nameOf } from '../environments/page-header.ts';
import { formRoutes } from '../form/routes.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { listRoute } from '../shell/lists.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import { factsView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { managedCenter, centerParams as params } from './center.ts';
import { besideFields, changeBodyOf, createPage, editPage, newBodyOf } from './center-form.ts';
import { columns, contactCenters, creation, environmentFilter } from './list-page.ts';
import { overviewPage } from './overview-page.ts';
import { contactCenterHeader } from './page-header.ts';

const rowsPerPage = 50;

export async function centerRoutes(pages: App, shell: Shell): Promise<void> {
  const centersOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);

  listRoute(pages, shell, {
    resource: contactCenters,
    filters: { environmentId: typedText(64) },
    elsewhere: (visit) => (visit.rights.installation ? undefined : toOwn(visit)),
    async read(visit, { search, environmentId, cursor, sort }) {
      const found = await centersOf(visit).page({
        search: search || undefined,
        environmentId: environmentId || undefined,
        sort: sort || undefined,
        limit: String(rowsPerPage),
        cursor,
        count: 'true',
      });
      const shown = found.rows.map((center) => center.environmentId);
      return { ...found, nameOf: await environmentNames(visit, [...shown, environmentId]) };
    },
    columns,
    search: 'console.contactCenters.search',
    searchBy: (visit, { environmentId }, found) => ({
      filters: environmentFilter(visit, environmentId, found),
    }),
    more: (visit, { environmentId }) => ({ actions: [creation(visit, environmentId)] }),
  });

  function saved(
    visit: ConsoleVisit,
    key: 'console.contactCenters.createdNow' | 'console.contactCenters.saved',
    { data: { id, name }, warnings }: Written<ContactCenter>,
  ): FastifyReply {
    const lines = warnings.map((warning) => saidIn(visit, warning).text);
    return shell.done(visit, contactCenterPath(id), key, { name }, { key: 'console.saved.notes', lines });
  }

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
      return { environmentId };
    },
    page: (visit, { environmentId }, typed) => createPage(visit, typed, environmentId),
    act: (visit, _asked, { typed }) => centersOf(visit).create(newBodyOf(visit, typed)),
    done: (visit, _asked, written) => saved(visit, 'console.contactCenters.createdNow', written),
    beside: (_visit, problem) => besideFields(problem),
  });

  const overview = { url: '/:id', path: params.shape, view: factsView, managed: managedCenter };
  detailRoute(pages, shell, overview, async (visit, asked) => {
    const center = await centersOf(visit).read(asked.id);
    const environment = visit.rights.installation
      ? await createEnvironmentAdministration(visit.environmentApi)
          .read(center.environmentId)
          .catch(unlessGone)
      : undefined;
    return overviewPage(visit, center, environment);
  });

  const trail = { url: '/:id/audit', path: params.shape, query: trailQuery.shape, view: trailView };
  detailRoute(pages, shell, trail, async (visit, { id, ...asked }) => {
    const center = await centersOf(visit).read(id);
    const header = contactCenterHeader(visit, center, 'audit');
    return trailPage(visit, header, `${contactCenterPath(id)}/audit`, asked, { contactCenterId: id });
  });

  formRoutes(pages, shell, {
    url: '/:id/edit',
    path: params.shape,
    read: (visit, { id }) => centersOf(visit).readTagged(id),
    page: (visit, { data }, typed) => editPage(visit, data, typed),
    act: (visit, { id }, { typed, etag }) =>
      createContactCenterAdministration(ifMatch(visit.environmentApi, etag)).change(
        id,
        changeBodyOf(visit, typed),
      ),
    done: (visit, _asked, written) => saved(visit, 'console.contactCenters.saved', written),
    beside: (_visit, problem) => besideFields(problem),
    managed: managedCenter,
    nameOf: (field) => (field.startsWith('membership') ? 'membership' : field),
  });
}

/** There may be any number of environments: a page names those that it shows. */
async function environmentNames(
  visit: ConsoleVisit,
  shown: readonly string[],
): Promise<(id: string) => string | undefined> {
  const ids = [...new Set(shown)].filter(isId);
  const environments =
    ids.length === 0
      ? []
      : await createEnvironmentAdministration(visit.environmentApi).list({ ids: ids.join(',') });
  const names = new Map(environments.map((one) => [one.id, nameOf(one)]));
  return (id) => names.get(id);
}

/** An address that a person has changed may hold anything. */
const isId = (text: string) => z.guid().safeParse(text).success;

/** Hides a form that the API would refuse. */
function requireInstallation({ rights }: ConsoleVisit): void {
  if (!rights.installation) throw forbidden('New contact centres are made by installation administrators');
}

/** The page opens without the environment, and says that it is gone. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof UpstreamError && error.status === 404)) throw error;
}
