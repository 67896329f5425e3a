/** Composes the routes by which Auth API reads contact centres and environments. */
import type { BrandingService } from '../branding/service.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { SettingService } from '../settings/service.ts';
import { internalRoutes } from './routes.ts';

interface InternalDependencies {
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  branding: BrandingService;
}

export function composeInternal(_core: Core, dependencies: InternalDependencies) {
  const { environments, contactCenters, settings, branding } = dependencies;
  return {
    mounts: [
      [
        'services',
        '',
        (internal) => internalRoutes(internal, { environments, contactCenters, settings, branding }),
      ],
    ],
  } satisfies Domain;
}
