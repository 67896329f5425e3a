/** Composes the contact centres of the console: their list, and a frame of tabs about each of them. */
import type { App } from '@gatehouse/service-kit/http/app-type';
import { settingRoutes } from '../settings/routes.ts';
import type { Area } from '../shell/area.ts';
import type { Shell } from '../shell/shell.ts';
import { singleSignOnRoutes } from '../single-sign-on/routes.ts';
import { apiKeyRoutes } from './api-keys-routes.ts';
import { centerOf } from './center.ts';
import { centerRoutes } from './center-routes.ts';
import { contactCenterPath, frameOf, wayBelow } from './frame.ts';
import { offBoardingRoutes } from './off-boarding-routes.ts';
import { originRoutes } from './origins-routes.ts';

export function composeContactCenters({ shell }: { shell: Shell }): Area {
  return {
    path: '/contact-centers',
    audience: 'everybody',
    entry: { group: 'estate', label: 'console.contactCenters.title', icon: 'contactCenter' },
    async routes(pages: App): Promise<void> {
      await centerRoutes(pages, shell);
      singleSignOnRoutes(pages, shell);
      originRoutes(pages, shell);
      apiKeyRoutes(pages, shell);
      offBoardingRoutes(pages, shell);
      settingRoutes(pages, {
        shell,
        below: '/:id/settings',
        async ownerOf(visit, id) {
          const center = await centerOf(visit, id);
          return {
            id,
            path: `${contactCenterPath(id)}/settings`,
            frame: frameOf(visit, center, 'settings'),
            way: wayBelow(visit, center, 'settings'),
          };
        },
      });
    },
  };
}
