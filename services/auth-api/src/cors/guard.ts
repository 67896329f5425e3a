/** CORS of the APIs that programs in browsers call; pages and internal routes answer to no other origin at all. */
import type { App } from '@gatehouse/service-kit/http/app';
import { enforceCors } from '@gatehouse/service-kit/http/cors';
import type { AllowedOrigins } from './allowed-origins.ts';

/** Call it before the scope's routes and hooks. */
export function guardOrigins(scope: App, allowedOrigins: AllowedOrigins): void {
  enforceCors(scope, {
    isAllowed: (origin) => allowedOrigins.isAllowed(origin),
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    requestHeaders: ['authorization', 'content-type', 'dpop', 'x-request-id'],
    // A page that signs DPoP proofs must read the nonce (RFC 9449 section 8.2).
    answerHeaders: ['dpop-nonce', 'retry-after', 'www-authenticate', 'x-request-id'],
    remedy:
      "register it in the redirect URIs of the application's client, or add it with POST /environment/v3/cors to the contact centre whose application it is",
  });
}
