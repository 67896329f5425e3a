/** Composes the routes of the administrators apart from their lists: tokens need the lists, and the routes find people, who need tokens. */
import { readMapping } from '../../config/authority-mapping.ts';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { appointmentRoutes } from './appointment-routes.ts';
import type { Administrators } from './compose.ts';
import { administratorPlaceRoutes } from './place-routes.ts';
import { administratorRoutes, type ListedPeople } from './routes.ts';

interface RouteDependencies {
  config: Pick<Config, 'signIn'>;
  administrators: Administrators;
  contactCenters: ContactCenters;
  helpDesk: { people: ListedPeople };
}

export function composeAdministratorRoutes(_core: Core, dependencies: RouteDependencies) {
  const { known, service: administrators, appointments } = dependencies.administrators;
  const contactCenters = dependencies.contactCenters.service;
  const { people } = dependencies.helpDesk;
  const mapping = readMapping(dependencies.config.signIn.authorityMapping);
  const places = { administrators: known, contactCenters, mapping };
  return {
    mounts: [
      [
        'operators',
        '/auth/v3/ops/administrators',
        (app) => administratorRoutes(app, { administrators, people }),
      ],
      [
        'operators',
        '/auth/v3/ops/contact-centers/:id/administrators',
        (app) => appointmentRoutes(app, { appointments, people, contactCenters }),
      ],
      ['services', '', (app) => administratorPlaceRoutes(app, places)],
    ],
  } satisfies Domain;
}
