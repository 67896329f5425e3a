/** Composes the installation administrators of the console: their list, a form that adds one, and the question before one is removed. */
import { createAdministratorCalls } from '@gatehouse/api-client/auth-api/administration';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import type { AdministratorView } from '@gatehouse/contracts/auth-api/administration/administrators';
import { passwordWay, providerWay } from '@gatehouse/contracts/auth-api/way-of-sign-in';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { formView, listView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { addPage, administratorsPage, administratorsPath, removePage, waysOfSignIn } from './pages.ts';

const listQuery = z.object({ page: pageNumber });
const newFields = z.object({
  user: typedText(512),
  contactCenter: typedText(256),
  way: z.enum(waysOfSignIn).default(passwordWay),
  issuer: typedText(1000),
  note: typedText(512),
});

export function composeAdministrators({ shell }: { shell: Shell }): Area {
  const callsOf = ({ authApi }: ConsoleVisit) => createAdministratorCalls(authApi);

  async function routes(pages: App): Promise<void> {
    pages.get('', { schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const administrators = await callsOf(visit).list();
      const centers = await centerNames(visit, administrators);
      return shell.show(
        visit,
        listView,
        administratorsPage(visit, administrators, { page: request.query.page, centers }),
      );
    });

    pages.get('/add', { schema: { hide: true, querystring: newFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, formView, addPage(visit, request.query));
    });

    pages.post('/add', { schema: { hide: true, body: newFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { user, contactCenter, issuer, note } = request.body;
      const way = request.body.way === passwordWay ? passwordWay : providerWay(request.body.way, issuer);
      const named = definedOnly({ contactCenter: contactCenter || undefined, note: note || undefined });
      const { done, problem } = await attempt(
        visit,
        () => callsOf(visit).add({ user, way, ...named }),
        [404],
      );
      // 409: the person has the right already, perhaps by the same form that was sent twice.
      if (problem !== undefined && problem.status !== 409)
        return shell.refused(visit, addPage(visit, request.body), atIssuer(problem));
      return shell.done(visit, administratorsPath, 'console.administrators.added', {
        name: done?.name ?? user,
      });
    });

    askFirst(pages, shell, {
      url: '/remove',
      fields: { sub: z.string().max(512) },
      async page(visit, asked) {
        const administrator = (await callsOf(visit).list()).find(({ sub }) => sub === asked.sub);
        if (administrator === undefined) throw notFound('There is no such administrator');
        return removePage(visit, administrator);
      },
      act: (visit, { sub }) => callsOf(visit).remove(sub),
      done: (visit) => shell.done(visit, administratorsPath, 'console.administrators.removed'),
    });
  }

  return {
    path: '/administrators',
    audience: 'installation',
    entry: { group: 'installation', label: 'console.administrators.title', icon: 'administrators' },
    routes,
  };
}

/** Protocol and issuer are two fields here and one at the API: only the issuer can be wrong. */
function atIssuer({ fields: { way, ...fields }, ...problem }: Problem): Problem {
  return { ...problem, fields: way === undefined ? fields : { ...fields, issuer: way } };
}

/** By id. A contact centre that is gone, or that cannot be read now, keeps its id. */
async function centerNames(
  { environmentApi }: ConsoleVisit,
  administrators: readonly AdministratorView[],
): Promise<ReadonlyMap<string, string>> {
  const { read } = createContactCenterAdministration(environmentApi);
  const ids = new Set(administrators.flatMap(({ contactCenterId }) => contactCenterId ?? []));
  const named = [...ids].map(
    async (id) =>
      [
        id,
        await read(id).then(
          ({ name }) => name,
          () => id,
        ),
      ] as const,
  );
  return new Map(await Promise.all(named));
}
