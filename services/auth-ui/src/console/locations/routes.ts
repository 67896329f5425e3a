/** Serves the pages about locations: their list, a form that declares one, and the confirmation before one is withdrawn. */
import { createLocationAdministration } from '@gatehouse/api-client/environment-api';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { listRoute } from '../shell/lists.ts';
import { managedThings } from '../shell/managed.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import {
  columns,
  declaredOf,
  declarePage,
  locations,
  locationsPath,
  withdrawal,
  withdrawPage,
} from './pages.ts';

const fields = { location: z.string().max(256) };

export const locationsArea: Area = {
  path: '/locations',
  audience: 'installation',
  entry: { group: 'estate', label: 'console.locations.title', icon: 'location' },
  routes(pages, shell) {
    listRoute(pages, shell, {
      resource: locations,
      search: 'console.locations.search',
      async read(visit, { search }) {
        const [all, managed] = await Promise.all([
          locationsOf(visit).list(),
          managedThings(visit, { kind: 'Location' }),
        ]);
        const words = search.toLowerCase();
        return { all: all.filter(({ location }) => location.toLowerCase().includes(words)), managed };
      },
      columns: (visit, { managed }) => columns(visit, managed),
      actions: withdrawal,
      more: ({ text }) => ({
        actions: [
          { label: text('console.locations.declare'), href: `${locationsPath}/declare`, isMain: true },
        ],
      }),
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

    confirmFirst(pages, shell, {
      url: '/withdraw',
      fields,
      page: (visit, { location }) => withdrawPage(visit, location),
      act: (visit, { location }) => locationsOf(visit).withdraw(location),
      managed: ({ location: name }) => ({ thing: { kind: 'Location', name }, act: 'delete' }),
      done: (visit, { location }) =>
        shell.done(visit, locationsPath, 'console.locations.withdrawn', { location }),
    });
  },
};

const locationsOf = ({ environmentApi }: ConsoleVisit) => createLocationAdministration(environmentApi);
