/** Composes the service and routes of allowed origins, and CORS for the pages that call this API. */
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { SettingService } from '../settings/service.ts';
import { createCorsGuard } from './allowed-origins.ts';
import { corsRoutes, internalCorsRoutes } from './routes.ts';
import { createCorsService } from './service.ts';

export function composeCors({ pool, changeLog, now }: Core, { settings }: { settings: SettingService }) {
  const cors = createCorsService({ db: pool, settings });
  return {
    services: { service: cors, guard: createCorsGuard({ read: cors.ownedOrigins, changeLog, now }) },
    mounts: [
      ['callers', '/cors', (api) => corsRoutes(api, { cors, changeLog })],
      ['services', '/cors', (internal) => internalCorsRoutes(internal, { cors })],
    ],
  } satisfies Domain;
}
