/** Composes the service and routes of branding. */
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { ImageService } from '../images/service.ts';
import type { LocationService } from '../locations/service.ts';
import { brandingRoutes, internalBrandingRoutes } from './routes.ts';
import { createBrandingService } from './service.ts';

interface BrandingDependencies {
  contactCenters: ContactCenterService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  images: ImageService;
}

export function composeBranding({ pool }: Core, dependencies: BrandingDependencies) {
  const { contactCenters, globalSettings, locations, images } = dependencies;
  const branding = createBrandingService({ db: pool, contactCenters, globalSettings, locations, images });
  return {
    services: branding,
    mounts: [
      [
        'callers',
        '/contact-centers/:id/branding',
        (api) => brandingRoutes(api, { branding, whose: 'contactCenter' }),
      ],
      ['callers', '/branding', (api) => brandingRoutes(api, { branding, whose: 'installation' })],
      ['services', '/branding', (internal) => internalBrandingRoutes(internal, { branding })],
    ],
  } satisfies Domain;
}
