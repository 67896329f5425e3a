/** Composes the environments of the console: their list, one of them, the forms that make and change them, their servers and checks. */
import {
  checkEnvironment,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api/environments';
import { directorySchema } from '@gatehouse/contracts/environment-api/directory';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { ifMatch } from '../shell/conflict.ts';
import { consoleView, formView, listView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { stepsView } from '../shell/steps.ts';
import { tagField } from '../shell/typed.ts';
import { changeRoutes } from './change-routes.ts';
import { checkPage } from './check-page.ts';
import { type EnvironmentPage, environmentPage } from './environment-page.ts';
import { bodyOf, typedOf } from './fields.ts';
import { chooseDirectoryPage, deletePage, newPage } from './form-pages.ts';
import { environmentPath, environmentsPath } from './frame.ts';
import { listPage } from './list-page.ts';
import { serverRoutes } from './server-routes.ts';

const environmentView = consoleView<EnvironmentPage>('environments/environment');
const pageSize = '50';

const listQuery = z.object({
  search: z.string().max(128).default(''),
  cursor: z.string().max(512).optional(),
});
const idParams = z.object({ id: z.string().max(64) });

export function composeEnvironments({ shell }: { shell: Shell }): Area {
  const environmentsOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
    createEnvironmentAdministration(ifMatch(environmentApi, etag));

  async function routes(pages: App): Promise<void> {
    pages.get('', { schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { search, cursor } = request.query;
      const filter = { limit: pageSize, search: search || undefined, cursor };
      const found = await environmentsOf(visit).page(filter);
      return shell.show(visit, listView, listPage(visit, found, request.query));
    });

    pages.get(
      '/new',
      {
        schema: {
          hide: true,
          querystring: z.object({ directory: directorySchema.optional().catch(undefined) }),
        },
      },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { directory } = request.query;
        if (directory === undefined) return shell.show(visit, formView, chooseDirectoryPage(visit));
        return shell.show(visit, formView, newPage(visit, directory, typedOf(directory)));
      },
    );

    pages.post(
      '/new',
      { schema: { hide: true, body: z.looseObject({ directory: directorySchema }) } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { directory } = request.body;
        const body = bodyOf(directory, request.body, true);
        const { done, problem } = await attempt(visit, () => environmentsOf(visit).create(body));
        if (problem !== undefined)
          return shell.refused(visit, newPage(visit, directory, request.body), problem);
        return shell.done(visit, environmentPath(done.data.id), 'console.environments.created', {
          warning: done.warnings[0]?.message ?? '',
        });
      },
    );

    pages.get('/:id', { schema: { hide: true, params: idParams } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const environment = await environmentsOf(visit).read(request.params.id);
      return shell.show(visit, environmentView, environmentPage(visit, environment));
    });

    // A form and no link: a check connects to servers.
    pages.post('/:id/check', { schema: { hide: true, params: idParams } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const environment = await environmentsOf(visit).read(id);
      const check = await checkEnvironment(visit.environmentApi, id);
      return shell.show(visit, stepsView, checkPage(visit, environment, check));
    });

    askFirst(pages, shell, {
      url: '/:id/delete',
      path: idParams.shape,
      fields: tagField,
      async page(visit, { id }) {
        const { data, etag } = await environmentsOf(visit).readTagged(id);
        return deletePage(visit, data, etag);
      },
      act: (visit, { id, ifMatch: etag }) => environmentsOf(visit, etag).remove(id),
      done: (visit) => shell.done(visit, environmentsPath, 'console.environments.deleted'),
    });

    changeRoutes(pages, shell);
    serverRoutes(pages, shell);
  }

  return {
    path: '/environments',
    audience: 'installation',
    entry: { group: 'estate', label: 'console.environments.title', icon: 'environment' },
    routes,
  };
}
