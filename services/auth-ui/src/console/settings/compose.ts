/** Composes the settings that all contact centres inherit. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { Area } from '../shell/area.ts';
import type { Shell } from '../shell/shell.ts';
import { settingRoutes } from './routes.ts';

const path = `${consolePath}/settings`;

export function composeSettings({ shell }: { shell: Shell }): Area {
  return {
    path: '/settings',
    audience: 'installation',
    entry: { group: 'estate', label: 'console.settings.title', icon: 'settings' },
    async routes(pages: App): Promise<void> {
      settingRoutes(pages, {
        shell,
        below: '',
        ownerOf: async ({ text }) => ({
          id: undefined,
          path,
          header: { title: text('console.settings.title') },
          breadcrumbs: [{ label: text('console.settings.title'), href: path }],
        }),
      });
    },
  };
}
