/** Verifies request objects (RFC 9101): authorization requests as JWTs that the client has signed, by value. */

import { OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import { UnreadableKeySet } from '../../core/assertions/remote-keys.ts';
import {
  assertionAlgorithms,
  UntrustedJwt,
  unprovedHeader,
  verifyJwt,
} from '../../core/assertions/verify-jwt.ts';
import { type Client, followsFapi } from '../../registry/clients/client.ts';
import { strongAlgorithms } from '../client-authentication/client-assertion.ts';

export interface RequestObjectsOptions {
  issuer: string;
  keySets: KeySets;
  now: Clock;
}

const types = ['oauth-authz-req+jwt', 'jwt'];
/** FAPI 2.0 Message Signing section 5.3.1; applied to every client. */
const maxLifeSeconds = 3600;
/** Claims of the JWT itself, not of the request. */
const jwtClaims = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

export type RequestObjects = ReturnType<typeof createRequestObjects>;

export function createRequestObjects({ issuer, keySets, now }: RequestObjectsOptions) {
  async function verify(client: Client, requestObject: string): Promise<Record<string, unknown>> {
    const keySet = keySets.of(client);
    if (keySet === undefined) throw new UntrustedJwt('the client has no keys');
    const isStrict = followsFapi(client);
    const claims = await verifyJwt(requestObject, keySet, {
      types,
      audiences: [issuer],
      allowsOtherAudiences: true,
      algorithms: algorithmsOf(client),
      nowMs: now(),
      maxLifeSeconds,
      requiresEnd: isStrict,
    });
    if (isStrict && (claims.nbf === undefined || claims.nbf < now() / 1000 - maxLifeSeconds)) {
      throw new UntrustedJwt('its nbf is missing or more than an hour ago');
    }
    if (claims['client_id'] !== client.clientId) throw new UntrustedJwt('its client_id is not the client');
    if (claims.iss !== undefined && claims.iss !== client.clientId)
      throw new UntrustedJwt('its iss is not the client');
    // Section 4: an object within the object would get around the signature.
    if ('request' in claims || 'request_uri' in claims) throw new UntrustedJwt('it holds another request');
    return claims;
  }

  return {
    /**
     * Gives the parameters that the object holds; no others count.
     * @throws OAuthError invalid_request_object, request_not_supported
     */
    async read(client: Client, requestObject: string): Promise<Record<string, string | string[]>> {
      if (isUnsigned(requestObject)) throw unsigned(client);
      try {
        return parametersOf(await verify(client, requestObject));
      } catch (error) {
        if (!(error instanceof UntrustedJwt) && !(error instanceof UnreadableKeySet)) throw error;
        throw new OAuthError(
          'invalid_request_object',
          400,
          `The request object is refused: ${error.message}`,
          { refusal: 'request_object_refused' },
        );
      }
    },
  };
}

function algorithmsOf(client: Client): readonly string[] {
  const allowed = followsFapi(client) ? strongAlgorithms : assertionAlgorithms;
  const { requestObjectSigningAlg } = client;
  return requestObjectSigningAlg === undefined
    ? allowed
    : allowed.filter((algorithm) => algorithm === requestObjectSigningAlg);
}

/** OpenID Connect Core section 6.1: a client that is held to signed objects sent a wrong one; others ask for what does not exist. */
function unsigned({ requireSignedRequestObject, requestObjectSigningAlg }: Client): OAuthError {
  return requireSignedRequestObject || requestObjectSigningAlg !== undefined
    ? new OAuthError('invalid_request_object', 400, 'The request object is refused: this client must sign it')
    : new OAuthError('request_not_supported', 400, 'Unsigned request objects are not supported');
}

function isUnsigned(requestObject: string): boolean {
  const { alg } = unprovedHeader(requestObject);
  return typeof alg === 'string' && alg.toLowerCase() === 'none';
}

/** Section 4: strings and numbers are taken as they are, other values as JSON. */
export function parametersOf(claims: Record<string, unknown>): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(claims)) {
    if (jwtClaims.has(name) || value === undefined || value === null) continue;
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (isList) parameters[name] = value as string[];
    else parameters[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return parameters;
}
