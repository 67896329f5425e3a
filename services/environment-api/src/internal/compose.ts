/** Composes the routes by which Auth API reads contact centres and environments. */
import type { App } from '@gatehouse/service-kit/http';
import type { BrandingService } from '../branding/service.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { SettingService } from '../settings/service.ts';
import { internalRoutes } from './routes.ts';

export function composeInternal(services: {
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  branding: BrandingService;
}) {
  return { routes: async (internal: App) => internalRoutes(internal, services) };
}
