/** Composes the service and routes of the settings of contact centres. */
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { LocationService } from '../locations/service.ts';
import { settingRoutes } from './routes.ts';
import { createSettingService } from './service.ts';

export function composeSettings({
  pool,
  contactCenters,
  locations,
}: {
  pool: Pool;
  contactCenters: ContactCenterService;
  locations: LocationService;
}) {
  const service = createSettingService({ db: pool, contactCenters, locations });
  return { service, routes: async (api: App) => settingRoutes(api, { settings: service }) };
}
