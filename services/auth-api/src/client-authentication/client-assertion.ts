/** A client that proves itself by a JWT signed with its own key: private_key_jwt (RFC 7523 sections 2.2 and 3). */
import type { Clock } from '@gatehouse/service-kit/clock';
import { invalidRequest } from '@gatehouse/service-kit/errors/oauth-error';
import type { SingleUse } from '@gatehouse/service-kit/redis/single-use';
import { type KeySets, UnreadableKeySet } from '../assertions/key-sets.ts';
import {
  assertionAlgorithms,
  singleUseOf,
  UntrustedJwt,
  unprovedClaims,
  verifyJwt,
} from '../assertions/verify-jwt.ts';
import { type Client, followsFapi } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { RequestParameters } from '../protocol/parameters.ts';

export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface ClientAssertion {
  assertion: string;
  /** As the assertion says, before anything is proved. */
  claimedClientId: string;
}

/** Who it proves, or why it proves nobody: a sentence for the log. */
export type ClientAssertionVerdict = { client: Client } | { problem: string };

export interface ClientAssertions {
  /** @throws AppError (503) when nobody can tell whether it was used before. */
  judge(assertion: ClientAssertion): Promise<ClientAssertionVerdict>;
}

export interface ClientAssertionsOptions {
  issuer: string;
  directory: ClientDirectory;
  keySets: KeySets;
  singleUse: SingleUse;
  now: Clock;
}

/** Long enough for a clock that is wrong, short enough to be remembered until it ends. */
const longestLifeSeconds = 600;
/** FAPI 2.0 section 5.4. */
export const strongAlgorithms = assertionAlgorithms.filter((algorithm) => algorithm !== 'RS256');
const types = ['jwt', 'client-authentication+jwt'];

/** Undefined: the request carries none. @throws OAuthError invalid_request for half of one */
export function readClientAssertion(parameters: RequestParameters): ClientAssertion | undefined {
  const assertion = parameters.get('client_assertion');
  const type = parameters.get('client_assertion_type');
  if (assertion === undefined && type === undefined) return undefined;
  if (assertion === undefined) throw invalidRequest('The parameter client_assertion is missing');
  if (type !== clientAssertionType) {
    throw invalidRequest(`The parameter client_assertion_type must be ${clientAssertionType}`);
  }
  const { sub } = unprovedClaims(assertion);
  return { assertion, claimedClientId: typeof sub === 'string' ? sub : '' };
}

export function createClientAssertions(options: ClientAssertionsOptions): ClientAssertions {
  const { issuer, directory, keySets, singleUse, now } = options;
  // RFC 9126 section 2 and RFC 7523 section 3: whichever of these a client takes for our name.
  const audiences = [issuer, `${issuer}/oauth/token`, `${issuer}/oauth/par`];

  async function prove({ assertion, claimedClientId }: ClientAssertion): Promise<Client> {
    const client = await directory.find(claimedClientId);
    if (client?.tokenEndpointAuthMethod !== 'private_key_jwt') {
      throw new UntrustedJwt('private_key_jwt is not registered for its sub');
    }
    const keySet = keySets.of(client);
    if (keySet === undefined) throw new UntrustedJwt('the client has no keys');
    const isStrict = followsFapi(client);
    const claims = await verifyJwt(assertion, keySet, {
      types,
      // FAPI 2.0 section 5.3.2.1: one name alone, so that no other server can pass the assertion on to us.
      audiences: isStrict ? [issuer] : audiences,
      algorithms: isStrict ? strongAlgorithms : assertionAlgorithms,
      nowMs: now(),
      longestLifeSeconds,
    });
    if (claims.iss !== client.clientId || claims.sub !== client.clientId) {
      throw new UntrustedJwt('its iss and sub are not both the client id');
    }
    const { jti, untilMs } = singleUseOf(claims);
    // Last: what proves nothing uses nothing up.
    if (!(await singleUse.take('assertion', [client.clientId, jti], untilMs))) {
      throw new UntrustedJwt('it was used before');
    }
    return client;
  }

  return {
    async judge(assertion) {
      try {
        return { client: await prove(assertion) };
      } catch (error) {
        if (error instanceof UntrustedJwt) return { problem: `client assertion: ${error.message}` };
        if (error instanceof UnreadableKeySet) {
          return { problem: `client assertion: ${error.message}: ${String(error.cause)}` };
        }
        throw error;
      }
    },
  };
}
