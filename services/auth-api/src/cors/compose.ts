/** Composes which origins may call the APIs from a browser. */

import type { App } from '@gatehouse/service-kit/http/app';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import { createAllowedOrigins } from './allowed-origins.ts';
import { guardOrigins } from './guard.ts';
import { createStoredOrigins } from './stored-origins.ts';

interface CorsDependencies {
  config: { environmentApi: { staleMaxSeconds: number } };
  clients: Clients;
  contactCenters: ContactCenters;
}

export type Cors = ReturnType<typeof composeCors>;

export function composeCors(core: Core, dependencies: CorsDependencies) {
  const { publicUrl, now, log } = core;
  const { config, clients, contactCenters } = dependencies;
  const stored = createStoredOrigins({
    read: (etag) => contactCenters.environmentApi.allowedOrigins({ etag }),
    staleMaxMs: config.environmentApi.staleMaxSeconds * 1000,
    now,
    onStale: (ageMs, error) =>
      log.warn({ err: error, ageMs }, 'Environment API cannot answer: cached CORS origins are used'),
  });
  const allowed = createAllowedOrigins({ publicUrl, clients: clients.directory, stored });
  return {
    stored,
    /** Lets the allowed origins call the routes of a scope. Call it before the routes are added. */
    guard: (scope: App) => guardOrigins(scope, allowed),
  };
}
