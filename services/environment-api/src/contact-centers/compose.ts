/** Composes the service and routes of contact centres. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import type { Writer } from '../changes/writer.ts';
import { contactCenterRoutes } from './routes.ts';
import { createContactCenterService } from './service.ts';

export function composeContactCenters({
  pool,
  writer,
  changeLog,
  isCompat,
  administratorPlaces,
}: {
  pool: Pool;
  writer: Writer;
  changeLog: ChangeLog;
  isCompat: boolean;
  administratorPlaces: AdministratorPlaces;
}) {
  const service = createContactCenterService({ db: pool, writer, isCompat, administratorPlaces });
  return {
    service,
    routes: async (api: App) => contactCenterRoutes(api, { contactCenters: service, changeLog }),
  };
}
