/** Composes the service and routes of single sign-on settings. */
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { LocationService } from '../locations/service.ts';
import { internalSingleSignOnRoutes, singleSignOnRoutes } from './routes.ts';
import { createSingleSignOnService } from './service.ts';

interface SingleSignOnDependencies {
  contactCenters: ContactCenterService;
  locations: LocationService;
}

export function composeSingleSignOn(core: Core, { contactCenters, locations }: SingleSignOnDependencies) {
  const { pool, secretBox } = core;
  const singleSignOn = createSingleSignOnService({ db: pool, contactCenters, locations, secretBox });
  return {
    services: singleSignOn,
    mounts: [
      ['callers', '/contact-centers/:id', (api) => singleSignOnRoutes(api, { singleSignOn })],
      [
        'services',
        '/contact-centers/:id/single-sign-on',
        (internal) => internalSingleSignOnRoutes(internal, { singleSignOn }),
      ],
    ],
  } satisfies Domain;
}
