/** Serves the pages about installation administrators: their list, a form that adds one, and the confirmation before one is removed. */
import { createAdministratorCalls } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { definedOnly } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import { loginNames } from '../audit/trail.ts';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { listRoute } from '../shell/lists.ts';
import { centerNames } from '../shell/names/contact-centers.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import {
  addPage,
  administrators,
  administratorsPath,
  columns,
  newAdministratorOf,
  removal,
  removePage,
  waysOfSignIn,
} from './pages.ts';

/** Links to the form fill these in. */
const word = z.string().max(1000).optional();
const given = {
  user: word,
  contactCenter: word,
  way: z.enum(waysOfSignIn).optional(),
  issuer: word,
  note: word,
};

export const administratorsArea: Area = {
  path: '/administrators',
  audience: 'installation',
  entry: { group: 'installation', label: 'console.administrators.title', icon: 'administrators' },
  routes(pages, shell) {
    listRoute(pages, shell, {
      resource: administrators,
      async read(visit) {
        const all = await callsOf(visit).list();
        const ids = all.flatMap(({ contactCenterId }) => contactCenterId ?? []);
        const [centers, authors] = await Promise.all([centerNames(visit, ids), authorsOf(visit, all)]);
        return { all, centers, authors };
      },
      columns,
      actions: removal,
      more: ({ text }) => ({
        actions: [
          { label: text('console.administrators.add'), href: `${administratorsPath}/add`, isMain: true },
        ],
      }),
    });

    formRoutes(pages, shell, {
      url: '/add',
      fields: given,
      read: async (_visit, asked) => ({ given: asked }),
      page: (visit, seen, typed) => addPage(visit, typed ?? definedOnly(seen.given)),
      async act(visit, _asked, { typed }) {
        const administrator = newAdministratorOf(visit, typed);
        try {
          return (await callsOf(visit).add(administrator)).name;
        } catch (error) {
          // The person has the right already, perhaps by the same form that was sent twice.
          if (error instanceof UpstreamError && error.status === 409) return administrator.user;
          throw error;
        }
      },
      also: [404],
      done: (visit, _asked, name) =>
        shell.done(visit, administratorsPath, 'console.administrators.added', { name }),
      beside: (_visit, problem) => atIssuer(problem),
    });

    confirmFirst(pages, shell, {
      url: '/remove',
      fields: { sub: z.string().max(512) },
      async page(visit, asked) {
        const all = await callsOf(visit).list();
        const administrator = all.find(({ sub }) => sub === asked.sub);
        if (administrator === undefined) throw notFound('There is no such administrator');
        return removePage(visit, { ...administrator, isLast: all.length === 1 });
      },
      act: (visit, { sub }) => callsOf(visit).remove(sub),
      managed: ({ sub }) => ({ thing: { kind: 'Administrator', name: sub }, act: 'delete' }),
      done: (visit) => shell.done(visit, administratorsPath, 'console.administrators.removed'),
    });
  },
};

const callsOf = ({ authApi }: ConsoleVisit) => createAdministratorCalls(authApi);

/** Protocol and issuer are two fields here and one at the API: only the issuer can be wrong. */
export function atIssuer({ fields: { way, ...fields }, ...problem }: Problem): Problem {
  return { ...problem, fields: way === undefined ? fields : { ...fields, issuer: way } };
}

/** Those who added the people of a list: most are on it themselves. */
export async function authorsOf(
  visit: ConsoleVisit,
  list: readonly { sub: string; name: string; addedBy: string }[],
): Promise<ReadonlyMap<string, string>> {
  const listed = new Map(list.map(({ sub, name }) => [sub, name]));
  const others = list.flatMap(({ addedBy }) => (listed.has(addedBy) ? [] : [addedBy]));
  return new Map([...listed, ...(await loginNames(visit, others))]);
}
