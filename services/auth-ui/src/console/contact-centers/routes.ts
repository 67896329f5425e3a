/** Serves the pages about contact centres: their list, and a page with tabs about each of them. */

import { appointmentRoutes } from '../administrators/appointment-routes.ts';
import { settingRoutes } from '../settings/routes.ts';
import type { Area } from '../shell/area.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import { apiKeyRoutes } from './api-keys-routes.ts';
import { centerOf } from './center.ts';
import { centerRoutes } from './center-routes.ts';
import { offBoardingRoutes } from './off-boarding-routes.ts';
import { originRoutes } from './origins-routes.ts';
import { breadcrumbsBelowTab, contactCenterHeader } from './page-header.ts';
import { secondFactorRoutes } from './second-factor-routes.ts';

export const contactCentersArea: Area = {
  path: '/contact-centers',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'estate', label: 'console.contactCenters.title', icon: 'contactCenter' },
  async routes(pages, shell) {
    await centerRoutes(pages, shell);
    originRoutes(pages, shell);
    apiKeyRoutes(pages, shell);
    secondFactorRoutes(pages, shell);
    offBoardingRoutes(pages, shell);
    appointmentRoutes(pages, {
      shell,
      below: '/:id/administrators',
      async ownerOf(visit, id) {
        const center = await centerOf(visit, id);
        return {
          id,
          name: center.name,
          path: `${contactCenterPath(id)}/administrators`,
          header: contactCenterHeader(visit, center, 'administrators'),
          breadcrumbs: breadcrumbsBelowTab(visit, center, 'administrators'),
        };
      },
    });
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
