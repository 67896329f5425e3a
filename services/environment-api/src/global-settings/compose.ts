/** Composes the service and routes of global settings. */
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { Writer } from '../changes/writer.ts';
import type { LocationService } from '../locations/service.ts';
import { globalSettingRoutes } from './routes.ts';
import { createGlobalSettingService } from './service.ts';

export function composeGlobalSettings({
  pool,
  writer,
  locations,
}: {
  pool: Pool;
  writer: Writer;
  locations: LocationService;
}) {
  const service = createGlobalSettingService({ db: pool, writer, locations });
  return { service, routes: async (api: App) => globalSettingRoutes(api, { globalSettings: service }) };
}
