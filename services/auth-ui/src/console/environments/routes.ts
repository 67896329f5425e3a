/** Serves the pages about environments: their list, one of them, the forms that make and change them, their servers and checks. */
import { checkEnvironment, createEnvironmentAdministration } from '@gatehouse/api-client/environment-api';
import { defaultDirectory, directorySchema } from '@gatehouse/contracts/environment-api';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import { besideLines } from '../form/sections.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { listRoute } from '../shell/lists.ts';
import { consoleView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { stepsView } from '../shell/steps.ts';
import { tagField } from '../shell/typed.ts';
import { checkPage, trialPage } from './check-page.ts';
import { type EnvironmentPage, environmentPage } from './environment-page.ts';
import { changeOf, inputsFor, newOf } from './fields.ts';
import { changePage, chooseDirectoryPage, deletePage, newPage } from './form-pages.ts';
import { columns, environments } from './list-page.ts';
import { environmentPath, environmentsPath, failuresOf } from './page-header.ts';
import { serverRoutes } from './server-routes.ts';

const environmentView = consoleView<EnvironmentPage>('environments/environment');
const pageSize = '50';

const idParams = z.object({ id: z.string().max(64) });

export const environmentsArea: Area = {
  path: '/environments',
  audience: 'installation',
  entry: { group: 'estate', label: 'console.environments.title', icon: 'environment' },
  routes(pages, shell) {
    listRoutes(pages, shell);
    environmentRoutes(pages, shell);
    serverRoutes(pages, shell);
  },
};

const environmentsOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
  createEnvironmentAdministration(ifMatch(environmentApi, etag));

function listRoutes(pages: App, shell: Shell): void {
  listRoute(pages, shell, {
    resource: environments,
    search: 'console.environments.search',
    read: (visit, { search, cursor, sort }) =>
      environmentsOf(visit).page({
        limit: pageSize,
        search: search || undefined,
        cursor,
        sort: sort || undefined,
        count: 'true',
      }),
    columns,
    more: ({ text }) => ({
      actions: [{ label: text('console.environments.new'), href: `${environmentsPath}/new`, isMain: true }],
    }),
  });

  formRoutes(pages, shell, {
    url: '/new',
    fields: { directory: directorySchema.optional().catch(undefined) },
    read: async (_visit, asked) => asked,
    page: (visit, { directory }, typed) =>
      directory === undefined ? chooseDirectoryPage(visit) : newPage(visit, directory, typed),
    act(visit, { directory }, { typed }) {
      if (directory === undefined) throw badRequest('directory: choose one');
      return environmentsOf(visit).create(newOf(visit, directory, typed));
    },
    trial: async (visit, { directory = defaultDirectory }, { typed }) =>
      trialPage(visit, await environmentsOf(visit).tryNew(newOf(visit, directory, typed))),
    done: (visit, _asked, { data, warnings }) =>
      shell.done(
        visit,
        environmentPath(data.id),
        'console.environments.created',
        {},
        failuresOf(visit, warnings),
      ),
    beside: (visit, problem, { directory }) =>
      directory === undefined ? problem : besideLines(visit, inputsFor(directory, true), problem),
  });
}

function environmentRoutes(pages: App, shell: Shell): void {
  formRoutes(pages, shell, {
    url: '/:id/change',
    path: idParams.shape,
    read: (visit, { id }) => environmentsOf(visit).readTagged(id),
    page: (visit, { data }, typed) => changePage(visit, data, typed),
    managed: ({ id }) => ({ kind: 'Environment', id }),
    act: (visit, { id }, { typed, etag, seen }) =>
      environmentsOf(visit, etag).change(id, changeOf(visit, typed, seen.data)),
    trial: async (visit, { id }, { typed, seen }) =>
      trialPage(visit, await environmentsOf(visit).tryChange(id, changeOf(visit, typed, seen.data))),
    done: (visit, { id }, { warnings }) =>
      shell.done(visit, environmentPath(id), 'console.environments.changed', {}, failuresOf(visit, warnings)),
    beside: (visit, problem, { data }) => besideLines(visit, inputsFor(data.directory, false), problem),
  });

  detailRoute(
    pages,
    shell,
    {
      url: '/:id',
      path: idParams.shape,
      view: environmentView,
      managed: ({ id }) => ({ kind: 'Environment', id }),
    },
    async (visit, asked) => {
      const environment = await environmentsOf(visit).read(asked.id);
      return environmentPage(visit, environment);
    },
  );

  // A form and no link: a check connects to servers.
  pages.post('/:id/check', { schema: { hide: true, params: idParams } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const environment = await environmentsOf(visit).read(id);
    const check = await checkEnvironment(visit.environmentApi, id);
    return shell.show(visit, stepsView, checkPage(visit, environment, check));
  });

  confirmFirst(pages, shell, {
    url: '/:id/delete',
    path: idParams.shape,
    fields: tagField,
    async page(visit, { id }) {
      const { data, etag } = await environmentsOf(visit).readTagged(id);
      return deletePage(visit, data, etag);
    },
    act: (visit, { id, ifMatch: etag }) => environmentsOf(visit, etag).remove(id),
    managed: ({ id }) => ({ thing: { kind: 'Environment', id }, act: 'delete' }),
    done: (visit, { id }) =>
      shell.deleted(visit, environmentsPath, { kind: 'environment', id }, ['console.environments.deleted']),
  });
}
