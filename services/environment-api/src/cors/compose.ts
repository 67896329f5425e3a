/** Composes the service and routes of allowed origins, and CORS for the pages that call this API. */
import { type App, enforceCors } from '@gatehouse/service-kit/http';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { SettingService } from '../settings/service.ts';
import { createAllowedOrigins } from './allowed-origins.ts';
import { corsRoutes, internalCorsRoutes } from './routes.ts';
import { createCorsService } from './service.ts';

const corsOptions = {
  // Credentials are not allowed: callers authenticate by a header, never by a cookie.
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  requestHeaders: [
    'authorization',
    'content-type',
    'dpop',
    'if-match',
    'if-none-match',
    'idempotency-key',
    'x-api-key',
    'x-request-id',
  ],
  // A manager adds origins. They let pages read the data of the contact centre, not change it.
  methodsOfTenants: ['GET', 'HEAD'],
  answerHeaders: ['dpop-nonce', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
  remedy:
    'add it with POST /environment/v3/cors to the contact centre whose application it is; pages that write need the global setting cors-origins',
};

export function composeCors({ pool, changeLog, now }: Core, { settings }: { settings: SettingService }) {
  const cors = createCorsService({ db: pool, settings });
  const origins = createAllowedOrigins({ read: cors.ownedOrigins, changeLog, now });
  return {
    /** Lets pages of allowed origins call the routes of a scope. Call it before authentication: a preflight carries no credentials. */
    services: { guard: (scope: App) => enforceCors(scope, { ...corsOptions, origins }) },
    mounts: [
      ['callers', '/cors', (api) => corsRoutes(api, { cors, changeLog })],
      ['services', '/cors', (internal) => internalCorsRoutes(internal, { cors })],
    ],
  } satisfies Domain;
}
