/** Verifies signed authentication requests (OpenID CIBA section 7.1.1): the whole request as a JWT that the client has signed. */

import { invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { JWTPayload } from 'jose';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import { UnreadableKeySet } from '../../core/assertions/remote-keys.ts';
import { singleUseOf, UntrustedJwt, verifyJwt } from '../../core/assertions/verify-jwt.ts';
import { onlyThose, type RequestParameters, readParameters } from '../../core/protocol/parameters.ts';
import { type Client, followsFapiCiba } from '../../registry/clients/client.ts';
import { parametersOf } from '../authorize/request-objects.ts';
import { strongAlgorithms } from '../client-authentication/client-assertion.ts';

export interface SignedRequestsOptions {
  issuer: string;
  keySets: KeySets;
  singleUse: SingleUse;
  now: Clock;
}

const types = ['oauth-authz-req+jwt', 'jwt'];
/** FAPI-CIBA section 5.2.2, numbers 7 and 8; applied to every client. */
const maxLifeSeconds = 3600;
/** Parameters that may stand beside a signed request: the proofs of the client. */
const outside = ['request', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

export type SignedRequests = ReturnType<typeof createSignedRequests>;

export function createSignedRequests({ issuer, keySets, singleUse, now }: SignedRequestsOptions) {
  async function verify(client: Client, algorithm: string, request: string): Promise<JWTPayload> {
    const keySet = keySets.of(client);
    if (keySet === undefined) throw new UntrustedJwt('the client has no keys');
    const isStrong = strongAlgorithms.includes(algorithm);
    if (followsFapiCiba(client) && !isStrong) throw new UntrustedJwt(`${algorithm} is too weak for FAPI`);
    const claims = await verifyJwt(request, keySet, {
      types,
      audiences: [issuer],
      allowsOtherAudiences: true,
      algorithms: [algorithm],
      nowMs: now(),
      maxLifeSeconds,
    });
    checkClaims(client, claims, now() / 1000);
    const { jti, untilMs } = singleUseOf(claims);
    // Last, so that a refused request is not used up. A thief of the request must not ask the person again.
    if (!(await singleUse.take('assertion', ['backchannel', client.clientId, jti], untilMs)))
      throw new UntrustedJwt('it was used before');
    return claims;
  }

  return {
    /** The parameters that count: those of the signed request alone, or those of the form. @throws OAuthError invalid_request */
    async open(client: Client, form: RequestParameters): Promise<RequestParameters> {
      const algorithm = client.backchannelAuthenticationRequestSigningAlg;
      const request = form.get('request');
      if (algorithm === undefined) {
        if (request === undefined) return onlyThose(form, (name) => !outside.includes(name));
        throw invalidRequest('This client is not registered for signed requests');
      }
      if (request === undefined) throw invalidRequest('This client must sign its requests: send request');
      const stray = Object.keys(form.all()).find((name) => !outside.includes(name));
      if (stray !== undefined) throw invalidRequest('Parameters beside a signed request are not accepted');
      try {
        return readParameters(parametersOf(await verify(client, algorithm, request)));
      } catch (error) {
        if (!(error instanceof UntrustedJwt) && !(error instanceof UnreadableKeySet)) throw error;
        // RFC 6749 section 5.2: a description has no quotes.
        throw invalidRequest(`The signed request is refused: ${error.message.replaceAll('"', '')}`);
      }
    },
  };
}

/** Section 7.1.1: each of these claims is required. */
function checkClaims(client: Client, { iss, iat, nbf, exp = 0 }: JWTPayload, nowSeconds: number): void {
  if (iss !== client.clientId) throw new UntrustedJwt('its iss is not the client');
  if (iat === undefined) throw new UntrustedJwt('it has no iat');
  if (nbf === undefined) throw new UntrustedJwt('it has no nbf');
  if (nbf < nowSeconds - maxLifeSeconds) throw new UntrustedJwt('its nbf is more than an hour ago');
  if (exp > nbf + maxLifeSeconds) throw new UntrustedJwt('its exp is more than an hour after its nbf');
}
