/** Composes the installation administrators of the console: their list, a form that adds one, and the question before one is removed. */
import { createAdministratorCalls } from '@gatehouse/api-client/auth-api/administration';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { confirmView, consoleView, formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { type AdministratorsPage, addPage, administratorsPage, removePage } from './pages.ts';

const path = `${consolePath}/administrators`;
const administratorsView = consoleView<AdministratorsPage>('administrators');
const typed = (maxLength: number) => z.string().trim().max(maxLength).default('');
const newFields = z.object({ user: typed(512), contactCenter: typed(256), note: typed(512) });
const subField = z.object({ sub: z.string().max(512) });

export function composeAdministrators({ shell }: { shell: Shell }): Area {
  const callsOf = ({ authApi }: ConsoleVisit) => createAdministratorCalls(authApi);

  async function routes(pages: App): Promise<void> {
    pages.get('', { schema: { hide: true } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, administratorsView, administratorsPage(visit, await callsOf(visit).list()));
    });

    pages.get('/add', { schema: { hide: true, querystring: newFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, formView, addPage(visit, request.query));
    });

    pages.post('/add', { schema: { hide: true, body: newFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { user, contactCenter, note } = request.body;
      const named = definedOnly({ contactCenter: contactCenter || undefined, note: note || undefined });
      const { done, problem } = await attempt(() => callsOf(visit).add({ user, ...named }), [404]);
      if (problem !== undefined) {
        reply.code(problem.status);
        return shell.show(visit, formView, addPage(visit, request.body, problem));
      }
      return shell.done(visit, path, 'console.administrators.added', { name: done.name });
    });

    pages.get('/remove', { schema: { hide: true, querystring: subField } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const administrator = (await callsOf(visit).list()).find(({ sub }) => sub === request.query.sub);
      if (administrator === undefined) throw notFound('There is no such administrator');
      return shell.show(visit, confirmView, removePage(visit, administrator));
    });

    pages.post('/remove', { schema: { hide: true, body: subField } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      await callsOf(visit).remove(request.body.sub);
      return shell.done(visit, path, 'console.administrators.removed');
    });
  }

  return {
    path: '/administrators',
    audience: 'installation',
    entry: { group: 'installation', label: 'console.administrators.title', icon: 'administrators' },
    routes,
  };
}
