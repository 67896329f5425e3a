/** Composes the routes of the administrators apart from their list: tokens need the list, and the routes find people, who need tokens. */
import type { Core, Domain } from '../../core/domain.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Administrators } from './compose.ts';
import { administratorPlaceRoutes } from './place-routes.ts';
import { administratorRoutes, type ListedPeople } from './routes.ts';

interface RouteDependencies {
  administrators: Administrators;
  contactCenters: ContactCenters;
  helpDesk: { people: ListedPeople };
}

export function composeAdministratorRoutes(_core: Core, dependencies: RouteDependencies) {
  const { known, service: administrators } = dependencies.administrators;
  const { people } = dependencies.helpDesk;
  const places = { administrators: known, contactCenters: dependencies.contactCenters.service };
  return {
    mounts: [
      [
        'operators',
        '/auth/v3/ops/administrators',
        (app) => administratorRoutes(app, { administrators, people }),
      ],
      ['services', '', (app) => administratorPlaceRoutes(app, places)],
    ],
  } satisfies Domain;
}
