/** Composes the service and routes of single sign-on settings. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { LocationService } from '../locations/service.ts';
import { internalSingleSignOnRoutes, singleSignOnRoutes } from './routes.ts';
import { createSingleSignOnService } from './service.ts';

export function composeSingleSignOn({
  pool,
  contactCenters,
  locations,
  secretBox,
}: {
  pool: Pool;
  contactCenters: ContactCenterService;
  locations: LocationService;
  secretBox: SecretBox;
}) {
  const service = createSingleSignOnService({ db: pool, contactCenters, locations, secretBox });
  return {
    service,
    routes: async (api: App) => singleSignOnRoutes(api, { singleSignOn: service }),
    internalRoutes: async (internal: App) => internalSingleSignOnRoutes(internal, { singleSignOn: service }),
  };
}
