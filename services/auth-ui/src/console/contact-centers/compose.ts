/** Composes the contact centres of the console: their list, and a page with tabs about each of them. */

import type { App } from '@gatehouse/service-kit/http';
import { settingRoutes } from '../settings/routes.ts';
import type { Area } from '../shell/area.ts';
import { contactCenterPath } from '../shell/contact-centers.ts';
import type { Shell } from '../shell/shell.ts';
import { apiKeyRoutes } from './api-keys-routes.ts';
import { centerOf } from './center.ts';
import { centerRoutes } from './center-routes.ts';
import { offBoardingRoutes } from './off-boarding-routes.ts';
import { originRoutes } from './origins-routes.ts';
import { breadcrumbsBelowTab, contactCenterHeader } from './page-header.ts';

type Tab = (pages: App, shell: Shell) => void;

/** `tabs`: routes of other folders whose pages have the tabs of a contact centre. */
export function composeContactCenters({ shell, tabs }: { shell: Shell; tabs: readonly Tab[] }): Area {
  return {
    path: '/contact-centers',
    audience: 'everybody',
    entry: { group: 'estate', label: 'console.contactCenters.title', icon: 'contactCenter' },
    async routes(pages: App): Promise<void> {
      await centerRoutes(pages, shell);
      for (const tab of tabs) tab(pages, shell);
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
            header: contactCenterHeader(visit, center, 'settings'),
            breadcrumbs: breadcrumbsBelowTab(visit, center, 'settings'),
          };
        },
      });
    },
  };
}
