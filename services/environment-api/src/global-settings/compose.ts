/** Composes the service and routes of global settings. */
import type { Writer } from '../changes/writer.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { LocationService } from '../locations/service.ts';
import { globalSettingRoutes } from './routes.ts';
import { createGlobalSettingService } from './service.ts';

interface GlobalSettingDependencies {
  writer: Writer;
  locations: LocationService;
}

export function composeGlobalSettings({ pool }: Core, { writer, locations }: GlobalSettingDependencies) {
  const globalSettings = createGlobalSettingService({ db: pool, writer, locations });
  return {
    services: globalSettings,
    mounts: [['callers', '/settings', (api) => globalSettingRoutes(api, { globalSettings })]],
  } satisfies Domain;
}
