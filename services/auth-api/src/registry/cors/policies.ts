/** Says which pages may call which routes, and the methods and headers that CORS allows them. */
import { type App, type CorsOptions, enforceCors, type KnownOrigins } from '@gatehouse/service-kit/http';

const methods = ['GET', 'POST', 'PUT', 'DELETE'];

export function createCorsPolicies(origins: KnownOrigins) {
  const options: CorsOptions = {
    origins,
    methods,
    methodsOfTenants: methods,
    // Libraries of existing applications always send x-api-key. It is not read.
    requestHeaders: ['authorization', 'content-type', 'dpop', 'x-api-key', 'x-request-id'],
    // A page that signs DPoP proofs must read the nonce (RFC 9449 section 8.2); existing ones read the user.
    answerHeaders: ['dpop-nonce', 'retry-after', 'www-authenticate', 'x-gws-user', 'x-request-id'],
    remedy:
      "register it in the redirect URIs of the application's client, or add it with POST /environment/v3/cors to the contact centre whose application it is",
  };
  return {
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
}
