/** Serves the pages about people: the search in a contact centre, one person, and what an administrator can do for them. */
import {
  createHeldSessionCalls,
  explainSignIn,
  readPersonProfile,
  searchEverywhere,
  searchPeople,
} from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { isNamePart, listedStates, type PersonName } from '@gatehouse/contracts/auth-administration';
import { isOwnDirectory, peopleSorts, personChangeId } from '@gatehouse/contracts/environment-api';
import { z } from 'zod';
import { trailQuery } from '../audit/filters.ts';
import { trailPage, trailView } from '../audit/trail-page.ts';
import type { Area } from '../shell/area.ts';
import { detailRoute } from '../shell/details.ts';
import { clientNames } from '../shell/names/client-names.ts';
import { namedFindings } from '../shell/names/named-findings.ts';
import { consoleView, listView, tablesView } from '../shell/pages.ts';
import { rowNumber } from '../shell/paging.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { stepsView } from '../shell/steps.ts';
import { typedText } from '../shell/typed.ts';
import { confirmationRoutes } from './confirmation-routes.ts';
import { eraseRoutes } from './erase-routes.ts';
import { explanationPage } from './explanation-page.ts';
import { factorRoutes } from './factor-routes.ts';
import { importRoutes } from './import-routes.ts';
import { linkRoutes } from './link-routes.ts';
import { awayPage, chooseCenterPage, foundEverywherePage, peoplePage } from './list-pages.ts';
import { auditAddress, loginOf, nameFields, nameOf } from './names.ts';
import { breadcrumbsBelowPerson, type PersonPage, personPage } from './person-page.ts';
import { selectionRoutes } from './selection-routes.ts';
import { peopleOf } from './store.ts';
import { storeRoutes } from './store-routes.ts';

const personView = consoleView<PersonPage>('people/person');
const centersInPage = '50';

const listQuery = z.object({
  contactCenter: nameFields.shape.contactCenter,
  search: z.string().max(255).default(''),
  sort: z.enum(peopleSorts).or(z.literal('')).catch('').default(''),
  signIn: z.enum(listedStates).or(z.literal('')).catch('').default(''),
  cursor: z.string().max(4_096).optional(),
  row: rowNumber,
});

/**
 * Everybody of a people store, whom SCIM counts for administrators and auditors. A directory counts nobody, and a search would have
 * to look at each.
 */
async function totalOf(
  visit: ConsoleVisit,
  { data: { source, contactCenterId }, nextCursor }: Awaited<ReturnType<typeof searchPeople>>,
  { search, signIn, cursor }: z.output<typeof listQuery>,
): Promise<number | undefined> {
  const isPart = nextCursor !== undefined || cursor;
  const isCounted =
    isOwnDirectory(source) && (visit.rights.lesser.length === 0 || visit.rights.lesser.includes('auditor'));
  if (!isCounted || search !== '' || signIn !== '' || !isPart) return undefined;
  return peopleOf(visit, contactCenterId).count();
}

/** The page itself says that nobody is known, or that the directory is away. */
function orNobody(...statuses: number[]) {
  return (error: unknown): undefined => {
    if (error instanceof UpstreamError && statuses.includes(error.status ?? 0)) return undefined;
    throw error;
  };
}

export const peopleArea: Area = {
  path: '/people',
  audience: 'everybody',
  lesser: ['help-desk', 'auditor'],
  entry: { group: 'access', label: 'console.people.title', icon: 'people' },
  routes(pages, shell) {
    pages.get('', { schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { search, signIn, sort, cursor } = request.query;
      const centers = createContactCenterAdministration(visit.environmentApi);
      const contactCenter =
        request.query.contactCenter ?? (visit.rights.installation ? undefined : visit.person.contactCenterId);
      if (contactCenter === undefined) {
        const page = await centers.page({
          ...{ limit: centersInPage, count: 'true', cursor },
          search: search || undefined,
        });
        const choice = chooseCenterPage(visit, page, request.query);
        if (!isNamePart(search) || cursor !== undefined) return shell.show(visit, listView, choice);
        const found = await searchEverywhere(visit.authApi, search);
        return shell.show(visit, tablesView, foundEverywherePage(visit, choice, found));
      }
      const found = await searchPeople(visit.authApi, {
        ...{ contactCenter, cursor },
        ...{ search: search || undefined, signIn: signIn || undefined, sort: sort || undefined },
      }).catch(orNobody(503));
      if (found === undefined) {
        const page = awayPage(visit, await centers.read(contactCenter), request.query);
        reply.code(503);
        return shell.show(visit, listView, page);
      }
      const center = await centers.read(found.data.contactCenterId);
      const total = await totalOf(visit, found, request.query);
      return shell.show(visit, listView, peoplePage(visit, center, { ...found, total }, request.query));
    });

    detailRoute(
      pages,
      shell,
      { url: '/person', query: nameFields.shape, view: personView },
      async (visit, asked) => {
        const profile = await readPersonProfile(visit.authApi, asked);
        const sessions = createHeldSessionCalls(visit.authApi);
        // A person who has never signed in has no number yet, and no session.
        const hasNone = profile.person.sub === undefined || profile.sessions === 0;
        const held =
          profile.sessions === undefined
            ? undefined
            : hasNone
              ? []
              : (await sessions.list(nameOf(profile))).sessions;
        const { contactCenterId, person } = profile;
        const stored = person.id && (await peopleOf(visit, contactCenterId).readTagged(person.id)).data;
        return personPage(visit, profile, held, stored || undefined);
      },
    );

    detailRoute(
      pages,
      shell,
      {
        url: '/explanation',
        query: { ...nameFields.shape, correlationId: typedText(512), client: typedText(512) },
        view: stepsView,
      },
      async (visit, { correlationId, client, ...asked }) =>
        explanationPage(visit, await explained(visit, asked, { correlationId, client })),
    );

    const path = { contactCenter: typedText(512), id: typedText(512) };
    detailRoute(
      pages,
      shell,
      {
        url: '/audit/:contactCenter/:id',
        path,
        query: trailQuery.shape,
        view: trailView,
        isForAdministrators: true,
        lesser: ['auditor'],
      },
      async (visit, { contactCenter, id, ...asked }) => {
        const [{ data }, { environmentId }] = await Promise.all([
          peopleOf(visit, contactCenter).readTagged(id),
          createContactCenterAdministration(visit.environmentApi).read(contactCenter),
        ]);
        const profile = await readPersonProfile(visit.authApi, { user: data.userName, contactCenter });
        const header = {
          title: visit.text('console.people.audit'),
          breadcrumbs: breadcrumbsBelowPerson(visit, profile),
        };
        return trailPage(visit, header, auditAddress(contactCenter, id), asked, {
          user: loginOf(contactCenter, data.userName),
          changedPerson: personChangeId(environmentId, data.number),
        });
      },
    );

    confirmationRoutes(pages, shell);
    factorRoutes(pages, shell);
    eraseRoutes(pages, shell);
    storeRoutes(pages, shell);
    linkRoutes(pages, shell);
    importRoutes(pages, shell);
    selectionRoutes(pages, shell);
  },
};

async function explained(
  visit: ConsoleVisit,
  asked: PersonName,
  { correlationId, client }: { correlationId: string; client: string },
) {
  const asking = { ...asked, correlationId: correlationId || undefined };
  const [profile, { done, problem }] = await Promise.all([
    readPersonProfile(visit.authApi, asked).catch(orNobody(404, 503)),
    attempt(
      visit,
      () => explainSignIn(visit.authApi, { ...asking, client: client || undefined }),
      client === '' ? [] : [404],
    ),
  ]);
  // Without the client that is not there, everything else is explained.
  const explanation = done ?? (await explainSignIn(visit.authApi, asking));
  const refusedAt = explanation.refusals.flatMap(({ clientId }) => clientId ?? []);
  const [center, findings, clients] = await Promise.all([
    createContactCenterAdministration(visit.environmentApi).read(explanation.user.contactCenterId),
    namedFindings(visit, explanation.findings),
    clientNames(visit, refusedAt),
  ]);
  return { explanation, findings, clients, profile, center, correlationId, client, problem };
}
