/** Verifies assertions about users by issuers that a client has registered (RFC 7523 section 3), and finds the user. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { JWTPayload } from 'jose';
import type { KeySet, KeySets } from '../../core/assertions/key-sets.ts';
import { UnreadableKeySet } from '../../core/assertions/remote-keys.ts';
import {
  singleUseOf,
  UntrustedJwt,
  unprovedClaims,
  unprovedHeader,
  verifyJwt,
} from '../../core/assertions/verify-jwt.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { AssertionIssuer, Client } from '../../registry/clients/client.ts';
import type { Party } from '../../tokens/lineage.ts';
import type { AssertedUsers } from './asserted-users.ts';

export interface AssertedUser {
  identity: UserIdentity;
  /** When the issuer said so: a revocation since then also ends what was issued for it. */
  assertedAtMs: number;
  assertionIssuer: string;
  mayAct: Party | undefined;
}

export type RegisteredAssertions = ReturnType<typeof createRegisteredAssertions>;

export interface RegisteredAssertionsOptions {
  issuer: string;
  keySets: KeySets;
  singleUse: SingleUse;
  assertedUsers: AssertedUsers;
  now: Clock;
}

/** Issuers give up to an hour; each assertion is remembered for as long, so that it works once. */
const maxLifeSeconds = 3600;

/** RFC 8725 section 3.11: other types, such as `at+jwt`, have another purpose. */
const purposes = {
  grant: { types: ['jwt', 'authorization-grant+jwt'], isTyped: false },
  /** A token that says whom to ask (OpenID CIBA section 7.1) must never count as an assertion that grants tokens. */
  hint: { types: ['login-hint+jwt'], isTyped: true },
};

type Purpose = keyof typeof purposes;

export function createRegisteredAssertions(options: RegisteredAssertionsOptions) {
  const { keySets, singleUse, assertedUsers, now } = options;
  const ourselves = [options.issuer, `${options.issuer}/oauth/token`];

  function keysOf(client: Client, trusted: AssertionIssuer): KeySet {
    // A client may be its own issuer, with the keys that it authenticates with.
    const isItself = trusted.issuer === client.clientId;
    const own = keySets.of({ ...trusted, clientId: client.clientId });
    const keySet = own ?? (isItself ? keySets.of(client) : undefined);
    if (keySet === undefined) throw new UntrustedJwt('its issuer has no keys');
    return keySet;
  }

  async function verifyBy(
    client: Client,
    trusted: AssertionIssuer,
    assertion: string,
    purpose: Purpose,
  ): Promise<JWTPayload> {
    const { types, isTyped } = purposes[purpose];
    if (isTyped && unprovedHeader(assertion)['typ'] === undefined)
      throw new UntrustedJwt(`its typ is not ${types[0]}`);
    const audiences = trusted.audience === undefined ? ourselves : [trusted.audience];
    try {
      return await verifyJwt(assertion, keysOf(client, trusted), {
        types,
        audiences,
        nowMs: now(),
        maxLifeSeconds,
      });
    } catch (error) {
      if (!(error instanceof UnreadableKeySet)) throw error;
      throw unavailable('the key set of the issuer of the assertion', {
        cause: error,
        detail: error.message,
      });
    }
  }

  /** Last, so that a refused assertion is not used up. Also by its text, because two issuers may have the same `iss`. */
  async function useUp(
    client: Client,
    assertion: string,
    claims: JWTPayload,
    purpose: Purpose,
  ): Promise<void> {
    const { jti, untilMs } = singleUseOf(claims);
    const signed = sha256(assertion.slice(0, assertion.lastIndexOf('.')));
    const uses = [
      [purpose, client.clientId, claims.iss ?? '', jti],
      [purpose, signed],
    ];
    const taken = await Promise.all(uses.map((parts) => singleUse.take('assertion', parts, untilMs)));
    if (!taken.every(Boolean)) throw new UntrustedJwt('it was used before');
  }

  return {
    /** The user that the assertion names. @throws UntrustedAssertion; AppError (503) if a store or key set does not answer */
    async verify(client: Client, assertion: string, purpose: Purpose = 'grant'): Promise<AssertedUser> {
      const { iss } = unprovedClaims(assertion);
      const trusted = client.jwtBearer.issuers.find(({ issuer }) => issuer === iss);
      if (trusted === undefined) throw new UntrustedJwt('its issuer is not registered for the client');
      const claims = await verifyBy(client, trusted, assertion, purpose);
      // The issued token would hide that another party acts for the user.
      if (claims['act'] !== undefined) throw new UntrustedJwt('it is about somebody who is acted for');
      const mayAct = mayActOf(claims);
      const { subjectClaim = 'sub' } = trusted;
      const contactCenterId = claims['contact_center_id'];
      const named = { name: claims[subjectClaim], source: subjectClaim, contactCenterId };
      const { identity, provedAtMs } = await assertedUsers.find(client, trusted, named);
      await useUp(client, assertion, claims, purpose);
      const assertedAtMs = Math.min(provedAtMs, (claims.iat ?? Number.POSITIVE_INFINITY) * 1000);
      return { identity, assertedAtMs, assertionIssuer: trusted.issuer, mayAct };
    },
  };
}

const partyMembers = ['iss', 'sub', 'client_id'];

/** RFC 8693 section 4.4: an unknown member is refused, because it cannot be compared later. */
function mayActOf({ may_act: mayAct }: JWTPayload): Party | undefined {
  if (mayAct === undefined) return undefined;
  const members = typeof mayAct === 'object' && mayAct !== null ? Object.entries(mayAct) : [];
  const isKnown = members.every(([name, value]) => partyMembers.includes(name) && typeof value === 'string');
  if (members.length === 0 || !isKnown) throw new UntrustedJwt('its may_act names nobody that is known here');
  return Object.fromEntries(members) as Party;
}
