/** Verifies a JWT that a client signed with its own key to authenticate: private_key_jwt (RFC 7523 sections 2.2 and 3). */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import { UnreadableKeySet } from '../../core/assertions/remote-keys.ts';
import {
  assertionAlgorithms,
  singleUseOf,
  UnprovedJwt,
  UntrustedJwt,
  unprovedClaims,
  unprovedHeader,
  verifyJwt,
} from '../../core/assertions/verify-jwt.ts';
import { type Client, followsFapi, followsFapiCiba } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';

export interface ClientAssertionsOptions {
  issuer: string;
  /** The issuer's path at the origin that requests client certificates, if that is another one. */
  mtlsBase: string | undefined;
  directory: Pick<ClientDirectory, 'find'>;
  keySets: KeySets;
  singleUse: SingleUse;
  now: Clock;
}

/** The audience that widely used libraries sign for by default, such as Authlib. Each assertion is remembered until it expires. */
const maxLifeSeconds = 3600;
/** FAPI 2.0 section 5.4. */
export const strongAlgorithms = assertionAlgorithms.filter((algorithm) => algorithm !== 'RS256');
const types = ['jwt', 'client-authentication+jwt'];

/** All that a stranger learns: neither which clients exist, nor how they prove themselves, nor which keys they have. */
const unproved =
  'no key of its sub proves its signature: check sub, kid and the registered keys, and that private_key_jwt is registered';

interface RefusedAssertion {
  problem: string;
  description: string;
  claimedClientId: string;
}

export type ClientAssertions = ReturnType<typeof createClientAssertions>;

export function createClientAssertions(options: ClientAssertionsOptions) {
  const { issuer, mtlsBase, directory, keySets, singleUse, now } = options;
  // RFC 9126 section 2, RFC 7523 section 3, CIBA section 7.1, RFC 8705 section 5: clients use any of these as the name of this server.
  const bases = mtlsBase === undefined ? [issuer] : [issuer, mtlsBase];
  const endpoints = ['token', 'par', 'backchannel'].map((name) => `oauth/${name}`);
  const audiences = [issuer, ...bases.flatMap((base) => endpoints.map((path) => `${base}/${path}`))];

  async function authenticate(assertion: string, claimedClientId: string): Promise<Client> {
    const client = await directory.find(claimedClientId);
    if (client?.tokenEndpointAuthMethod !== 'private_key_jwt') {
      throw new UnprovedJwt(
        client === undefined
          ? 'its sub is no client'
          : `private_key_jwt was used, ${client.tokenEndpointAuthMethod ?? 'a secret'} is registered`,
      );
    }
    const keySet = keySets.of(client);
    if (keySet === undefined) throw new UnprovedJwt('the client has no keys');
    const isStrict = followsFapi(client);
    const claims = await verifyJwt(assertion, keySet, {
      types,
      // FAPI 2.0 section 5.3.2.1: only the issuer, so that no other server can replay the assertion here.
      audiences: isStrict ? [issuer] : audiences,
      nowMs: now(),
      maxLifeSeconds,
    });
    // After the proof, so that only the client itself learns which algorithms it may use.
    if ((isStrict || followsFapiCiba(client)) && !strongAlgorithms.includes(algorithmOf(assertion))) {
      throw new UntrustedJwt(`its alg must be one of ${strongAlgorithms.join(', ')}`);
    }
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
     * The client that the assertion authenticates, or the reason why it does not: `problem` is for the operator,
     * `description` for the caller. Before the signature is proved, `description` is the same for every client and for none.
     * @param expectedClientId the client_id of the form, if there is one
     * @throws AppError (503) if Redis cannot tell whether it was used before
     */
    async verify(
      assertion: string,
      expectedClientId: string | undefined,
    ): Promise<{ client: Client } | RefusedAssertion> {
      const { sub } = unprovedClaims(assertion);
      const claimedClientId = typeof sub === 'string' ? sub : '';
      const refused = (problem: string, description = problem) => ({
        problem,
        description,
        claimedClientId,
      });
      if (expectedClientId !== undefined && expectedClientId !== claimedClientId) {
        return refused('its sub is not the client_id of the form');
      }
      if (!assertionAlgorithms.includes(algorithmOf(assertion))) {
        return refused(`it must be a JWT whose alg is one of ${assertionAlgorithms.join(', ')}`);
      }
      try {
        return { client: await authenticate(assertion, claimedClientId) };
      } catch (error) {
        if (error instanceof UnprovedJwt) return refused(error.message, unproved);
        if (error instanceof UntrustedJwt) return refused(error.message);
        if (error instanceof UnreadableKeySet)
          return refused(`${error.message}: ${String(error.cause)}`, unproved);
        throw error;
      }
    },
  };
}

/** RFC 8705 section 5: the same paths at another origin, which requests client certificates. */
export function mtlsBaseOf(issuer: string, mtlsUrl: string | undefined): string | undefined {
  return mtlsUrl === undefined ? undefined : `${mtlsUrl}${new URL(issuer).pathname}`;
}

function algorithmOf(assertion: string): string {
  return String(unprovedHeader(assertion)['alg']);
}
