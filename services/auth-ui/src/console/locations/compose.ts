/** Composes the locations of the console: their list, a form that declares one, and the question before one is withdrawn. */
import { createLocationAdministration } from '@gatehouse/api-client/environment-api/environments';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { listView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { declaredOf, declarePage, locationsPage, locationsPath, withdrawPage } from './pages.ts';

const listQuery = z.object({ search: z.string().max(128).default(''), page: pageNumber });
const fields = { location: z.string().max(256) };

export function composeLocations({ shell }: { shell: Shell }): Area {
  const locationsOf = ({ environmentApi }: ConsoleVisit) => createLocationAdministration(environmentApi);

  async function routes(pages: App): Promise<void> {
    pages.get('', { schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const locations = await locationsOf(visit).list();
      return shell.show(visit, listView, locationsPage(visit, locations, request.query));
    });

    formRoutes(pages, shell, {
      url: '/declare',
      read: async () => ({}),
      page: (visit, _seen, typed) => declarePage(visit, typed),
      async act(visit, _asked, { typed }) {
        const { location } = declaredOf(visit, typed);
        await locationsOf(visit).declare(location);
        return { location };
      },
      done: (visit, _asked, { location }) =>
        shell.done(visit, locationsPath, 'console.locations.declared', { location }),
    });

    askFirst(pages, shell, {
      url: '/withdraw',
      fields,
      page: (visit, { location }) => withdrawPage(visit, location),
      act: (visit, { location }) => locationsOf(visit).withdraw(location),
      done: (visit, { location }) =>
        shell.done(visit, locationsPath, 'console.locations.withdrawn', { location }),
    });
  }

  return {
    path: '/locations',
    audience: 'installation',
    entry: { group: 'estate', label: 'console.locations.title', icon: 'location' },
    routes,
  };
}
