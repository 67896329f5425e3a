/** Composes the service and routes of branding. */
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { ImageService } from '../images/service.ts';
import type { LocationService } from '../locations/service.ts';
import { brandingRoutes, internalBrandingRoutes } from './routes.ts';
import { createBrandingService } from './service.ts';

export function composeBranding({
  pool,
  contactCenters,
  globalSettings,
  locations,
  images,
}: {
  pool: Pool;
  contactCenters: ContactCenterService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  images: ImageService;
}) {
  const service = createBrandingService({ db: pool, contactCenters, globalSettings, locations, images });
  return {
    service,
    routes: async (api: App) => brandingRoutes(api, { branding: service, whose: 'contactCenter' }),
    globalRoutes: async (api: App) => brandingRoutes(api, { branding: service, whose: 'installation' }),
    internalRoutes: async (internal: App) => internalBrandingRoutes(internal, { branding: service }),
  };
}
