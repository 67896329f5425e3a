/** Composes the locations of the console: their list, a form that declares one, and the question before one is withdrawn. */
import { createLocationAdministration } from '@gatehouse/api-client/environment-api/environments';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { confirmView, consoleView, formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { declarePage, type LocationsPage, locationsPage, withdrawPage } from './pages.ts';

const path = `${consolePath}/locations`;
const locationsView = consoleView<LocationsPage>('list');
const locationField = z.object({ location: z.string().max(256) });

export function composeLocations({ shell }: { shell: Shell }): Area {
  const locationsOf = ({ environmentApi }: ConsoleVisit) => createLocationAdministration(environmentApi);

  async function declare(visit: ConsoleVisit, location: string): Promise<FastifyReply> {
    const { problem } = await attempt(() => locationsOf(visit).declare(location));
    if (problem !== undefined) {
      visit.reply.code(problem.status);
      return shell.show(visit, formView, declarePage(visit, location, problem));
    }
    return shell.done(visit, path, 'console.locations.declared', { location });
  }

  async function routes(pages: App): Promise<void> {
    pages.get(
      '',
      {
        schema: {
          hide: true,
          querystring: z.object({ search: z.string().max(128).default('') }),
        },
      },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const locations = await locationsOf(visit).list();
        return shell.show(visit, locationsView, locationsPage(visit, locations, request.query.search));
      },
    );

    pages.get('/declare', { schema: { hide: true } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, formView, declarePage(visit, ''));
    });

    pages.post(
      '/declare',
      {
        schema: {
          hide: true,
          body: locationField,
        },
      },
      async (request, reply) => declare(shell.begin(request, reply), request.body.location.trim()),
    );

    pages.get(
      '/withdraw',
      {
        schema: {
          hide: true,
          querystring: locationField,
        },
      },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        return shell.show(visit, confirmView, withdrawPage(visit, request.query.location));
      },
    );

    pages.post(
      '/withdraw',
      {
        schema: {
          hide: true,
          body: locationField,
        },
      },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { location } = request.body;
        await locationsOf(visit).withdraw(location);
        return shell.done(visit, path, 'console.locations.withdrawn', { location });
      },
    );
  }

  return {
    path: '/locations',
    audience: 'installation',
    entry: { group: 'estate', label: 'console.locations.title', icon: 'location' },
    routes,
  };
}
