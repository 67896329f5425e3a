/** Verifies a JWT that a client signed with its own key to authenticate: private_key_jwt (RFC 7523 sections 2.2 and 3). */
import type { Clock } from '@gatehouse/service-kit/clock';
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

export interface ClientAssertionsOptions {
  issuer: string;
  directory: Pick<ClientDirectory, 'find'>;
  keySets: KeySets;
  singleUse: SingleUse;
  now: Clock;
}

/** Tolerates a wrong clock, and is short enough to remember each assertion until it expires. */
const maxLifeSeconds = 600;
/** FAPI 2.0 section 5.4. */
export const strongAlgorithms = assertionAlgorithms.filter((algorithm) => algorithm !== 'RS256');
const types = ['jwt', 'client-authentication+jwt'];

export type ClientAssertions = ReturnType<typeof createClientAssertions>;

export function createClientAssertions(options: ClientAssertionsOptions) {
  const { issuer, directory, keySets, singleUse, now } = options;
  // RFC 9126 section 2, RFC 7523 section 3: clients use any of these as the name of this server.
  const audiences = [issuer, `${issuer}/oauth/token`, `${issuer}/oauth/par`];

  async function authenticate(assertion: string, claimedClientId: string): Promise<Client> {
    const client = await directory.find(claimedClientId);
    if (client?.tokenEndpointAuthMethod !== 'private_key_jwt') {
      throw new UntrustedJwt('private_key_jwt is not registered for its sub');
    }
    const keySet = keySets.of(client);
    if (keySet === undefined) throw new UntrustedJwt('the client has no keys');
    const isStrict = followsFapi(client);
    const claims = await verifyJwt(assertion, keySet, {
      types,
      // FAPI 2.0 section 5.3.2.1: only the issuer, so that no other server can replay the assertion here.
      audiences: isStrict ? [issuer] : audiences,
      algorithms: isStrict ? strongAlgorithms : assertionAlgorithms,
      nowMs: now(),
      maxLifeSeconds,
    });
    if (claims.iss !== client.clientId || claims.sub !== client.clientId) {
      throw new UntrustedJwt('its iss and sub are not both the client id');
    }
    const { jti, untilMs } = singleUseOf(claims);
    // Last, so that an assertion that is refused is not used up.
    if (!(await singleUse.take('assertion', [client.clientId, jti], untilMs))) {
      throw new UntrustedJwt('it was used before');
    }
    return client;
  }

  return {
    /**
     * The client that the assertion authenticates, or the reason why it does not: a sentence for the log.
     * @param expectedClientId the client_id of the form, if there is one
     * @throws AppError (503) if Redis cannot tell whether it was used before
     */
    async verify(
      assertion: string,
      expectedClientId: string | undefined,
    ): Promise<{ client: Client } | { problem: string; claimedClientId: string }> {
      const { sub } = unprovedClaims(assertion);
      const claimedClientId = typeof sub === 'string' ? sub : '';
      const refused = (problem: string) => ({ problem: `client assertion: ${problem}`, claimedClientId });
      if (expectedClientId !== undefined && expectedClientId !== claimedClientId) {
        return refused('its sub is not the client_id of the form');
      }
      try {
        return { client: await authenticate(assertion, claimedClientId) };
      } catch (error) {
        if (error instanceof UntrustedJwt) return refused(error.message);
        if (error instanceof UnreadableKeySet) return refused(`${error.message}: ${String(error.cause)}`);
        throw error;
      }
    },
  };
}
