/** Composes the service and routes of allowed origins, and the check that guards this API. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { SettingService } from '../settings/service.ts';
import { createAllowedOrigins } from './allowed-origins.ts';
import { corsRoutes, internalCorsRoutes } from './routes.ts';
import { createCorsService } from './service.ts';

export function composeCors({
  pool,
  settings,
  changeLog,
  now,
}: {
  pool: Pool;
  settings: SettingService;
  changeLog: ChangeLog;
  now: Clock;
}) {
  const cors = createCorsService({ db: pool, settings });
  return {
    allowedOrigins: createAllowedOrigins({ read: cors.ownedOrigins, changeLog, now }),
    routes: async (api: App) => corsRoutes(api, { cors, changeLog }),
    internalRoutes: async (internal: App) => internalCorsRoutes(internal, { cors }),
  };
}
