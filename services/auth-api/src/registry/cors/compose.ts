/** Composes the check of origins, and CORS for the APIs that programs in browsers call. */
import { type App, type CorsOptions, enforceCors } from '@gatehouse/service-kit/http';
import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { createAllowedOrigins, createStoredOrigins } from './allowed-origins.ts';

interface CorsDependencies {
  config: { environmentApi: { staleMaxSeconds: number } };
  clients: Clients;
  contactCenters: ContactCenters;
}

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
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];
  const options: CorsOptions = {
    origins: allowed,
    methods,
    methodsOfTenants: methods,
    // Libraries of existing applications always send x-api-key. It is not read.
    requestHeaders: ['authorization', 'content-type', 'dpop', 'x-api-key', 'x-request-id'],
    // A page that signs DPoP proofs must read the nonce (RFC 9449 section 8.2); existing ones read the user.
    answerHeaders: ['dpop-nonce', 'retry-after', 'www-authenticate', 'x-gws-user', 'x-request-id'],
    remedy:
      "register it in the redirect URIs of the application's client, or add it with POST /environment/v3/cors to the contact centre whose application it is",
  };
  const services = {
    /** Lets the allowed origins call the routes of a scope. Call it before the routes are added. */
    guard: (scope: App) => enforceCors(scope, options),
    /** As guard, where pages of ours come with a cookie and post forms: other origins may come with a token alone. */
    guardTokens: (scope: App) =>
      enforceCors(scope, {
        ...options,
        concerns: ({ headers }) => headers.authorization !== undefined,
      }),
    /** As guard, for what operators do: no page of a tenant may ask for it. */
    guardAdministration: (scope: App) =>
      enforceCors(scope, {
        ...options,
        methodsOfTenants: [],
        remedy: 'add it with POST /environment/v3/settings to the global setting cors-origins',
      }),
  };
  const follower = {
    change: ({ entity }: { entity: string }) => entity === 'cors' && stored.drop(),
    gap: stored.drop,
  };
  return { services, follows: { afterDeactivation: follower } } satisfies Domain;
}
