/** Composes the clients of the console: their list, the pages about one, the forms that change it, and the wizard. */
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { personOf } from '../../oauth-session/guard.ts';
import { type Area, isFor } from '../shell/area.ts';
import type { Shell } from '../shell/shell.ts';
import { changeRoutes } from './change-routes.ts';
import { readRoutes } from './read-routes.ts';
import { wizardRoutes } from './wizard/routes.ts';

export function composeClients({ shell }: { shell: Shell }): Area {
  return {
    path: '/clients',
    audience: 'everybody',
    entry: { group: 'access', label: 'console.clients.title', icon: 'clients' },
    async routes(pages: App): Promise<void> {
      await readRoutes(pages, shell);
      await pages.register(async (changes: App) => {
        changes.addHook('preHandler', async (request) => {
          if (!isFor('installation', personOf(request)))
            throw forbidden('Clients are changed by installation administrators');
        });
        await changeRoutes(changes, shell);
        await wizardRoutes(changes, shell, `${shell.publicUrl}/auth/v3`);
      });
    },
  };
}
