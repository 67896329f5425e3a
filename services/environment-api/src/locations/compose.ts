/** Composes the service and routes of locations. */
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
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
