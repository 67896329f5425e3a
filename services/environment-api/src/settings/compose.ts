/** Composes the service and routes of the settings of contact centres. */
import type { Config } from '../config.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { LocationService } from '../locations/service.ts';
import { settingRoutes } from './routes.ts';
import { createSettingService } from './service.ts';

interface SettingDependencies {
  config: Pick<Config, 'compat'>;
  contactCenters: ContactCenterService;
  locations: LocationService;
}

export function composeSettings(
  { pool, region }: Core,
  { config, contactCenters, locations }: SettingDependencies,
) {
  const { location } = region;
  const naming = { takesUnread: config.compat.enabled };
  const settings = createSettingService({ db: pool, contactCenters, locations, location, naming });
  return {
    services: settings,
    mounts: [['callers', '/contact-centers/:id/settings', (api) => settingRoutes(api, { settings })]],
  } satisfies Domain;
}
