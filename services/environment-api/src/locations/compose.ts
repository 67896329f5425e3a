/** Composes the service and routes of locations. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { Writer } from '../changes/writer.ts';
import { locationRoutes } from './routes.ts';
import { createLocationService } from './service.ts';

export function composeLocations({
  pool,
  writer,
  changeLog,
  ownLocation,
}: {
  pool: Pool;
  writer: Writer;
  changeLog: ChangeLog;
  ownLocation: string;
}) {
  const service = createLocationService({ db: pool, writer, ownLocation });
  return { service, routes: async (api: App) => locationRoutes(api, { locations: service, changeLog }) };
}
