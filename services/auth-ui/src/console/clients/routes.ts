/** Serves the pages about clients: their list, the pages about one, the forms that change it, and the wizard. */
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { personOf } from '../../oauth-session/guard.ts';
import type { Area } from '../shell/area.ts';
import { isFor } from '../shell/navigation.ts';
import { changeRoutes } from './change-routes.ts';
import { readRoutes } from './read-routes.ts';
import { wizardRoutes } from './wizard/routes.ts';

export const clientsArea: Area = {
  path: '/clients',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'access', label: 'console.clients.title', icon: 'clients' },
  async routes(pages, shell) {
    await readRoutes(pages, shell);
    await pages.register(async (changes: App) => {
      changes.addHook('preHandler', async (request) => {
        if (!isFor({ audience: 'installation' }, personOf(request)))
          throw forbidden('Clients are changed by installation administrators');
      });
      await changeRoutes(changes, shell);
      await wizardRoutes(changes, shell, `${shell.publicUrl}/auth/v3`);
    });
  },
};
