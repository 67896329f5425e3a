/** Composes the service and routes of global settings. */
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { LocationService } from '../locations/service.ts';
import { globalSettingRoutes } from './routes.ts';
import { createGlobalSettingService } from './service.ts';

interface GlobalSettingDependencies {
  config: Pick<Config, 'compat'>;
  writer: Writer;
  locations: LocationService;
}

export function composeGlobalSettings(
  { pool }: Core,
  { config, writer, locations }: GlobalSettingDependencies,
) {
  const naming = { takesUnread: config.compat.enabled };
  const globalSettings = createGlobalSettingService({ db: pool, writer, locations, naming });
  return {
    services: globalSettings,
    mounts: [['callers', '/settings', (api) => globalSettingRoutes(api, { globalSettings })]],
  } satisfies Domain;
}
