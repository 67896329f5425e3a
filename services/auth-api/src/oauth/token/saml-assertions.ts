/** Verifies SAML assertions about users by issuers that a client has registered (RFC 7522 section 3), and finds the user. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import { UntrustedAssertion } from '../../core/assertions/untrusted.ts';
import { clockSkewSeconds } from '../../core/assertions/verify-jwt.ts';
import type { Client } from '../../registry/clients/client.ts';
import { SsoError } from '../../sign-in/sso/failure.ts';
import {
  type BearerAssertion,
  readBearerAssertion,
  verifyBearerAssertion,
} from '../../sign-in/sso/saml/bearer-assertion.ts';
import type { AssertedUsers } from './asserted-users.ts';
import type { AssertedUser } from './registered-assertions.ts';

export interface SamlAssertionsOptions {
  issuer: string;
  strengthOf: KeySets['strengthOf'];
  singleUse: SingleUse;
  assertedUsers: AssertedUsers;
  now: Clock;
}

export type SamlAssertions = ReturnType<typeof createSamlAssertions>;

/** As for JWTs: each assertion is remembered for as long, so that it works once. */
const maxLifeSeconds = 3600;

export function createSamlAssertions(options: SamlAssertionsOptions) {
  const { issuer, strengthOf, singleUse, assertedUsers, now } = options;
  const recipient = `${issuer}/oauth/token`;

  function verify(client: Client, encoded: string) {
    const document = readBearerAssertion(encoded);
    const trusted = client.samlBearer.issuers.find((one) => one.issuer === document.issuer);
    if (trusted === undefined) throw new UntrustedAssertion('its issuer is not registered for the client');
    const audiences = trusted.audience === undefined ? [issuer, recipient] : [trusted.audience];
    const expected = {
      ...trusted,
      audiences,
      recipient,
      clockSkewSeconds,
      maxLifeSeconds,
      nowMs: now(),
      strength: strengthOf(client.clientId),
    };
    return { trusted, verified: verifyBearerAssertion(document, expected) };
  }

  /** Last, so that a refused assertion is not used up. Also by what was signed, because two issuers may have one name. */
  async function useUp(client: Client, assertionIssuer: string, verified: BearerAssertion): Promise<void> {
    const uses = [
      ['saml-grant', client.clientId, assertionIssuer, verified.id],
      ['saml-grant', sha256(verified.signed)],
    ];
    const taken = await Promise.all(
      uses.map((parts) => singleUse.take('assertion', parts, verified.usableUntilMs)),
    );
    if (!taken.every(Boolean)) throw new UntrustedAssertion('it was used before');
  }

  return {
    /** The user that the assertion names. @throws UntrustedAssertion; AppError (503) if a store does not answer */
    async verify(client: Client, encoded: string): Promise<AssertedUser> {
      try {
        const { trusted, verified } = verify(client, encoded);
        const { userNameAttribute: attribute } = trusted;
        const contactCenterIds = verified.attributes.get('contact_center_id');
        const named = {
          name: attribute === undefined ? verified.nameId : onlyOf(verified.attributes.get(attribute)),
          source: attribute === undefined ? 'NameID' : `attribute ${attribute}`,
          contactCenterId: contactCenterIds && (onlyOf(contactCenterIds) ?? ''),
        };
        const { identity, provedAtMs } = await assertedUsers.find(client, trusted, named);
        await useUp(client, trusted.issuer, verified);
        const assertedAtMs = Math.min(provedAtMs, verified.issuedAtMs);
        return { identity, assertedAtMs, assertionIssuer: trusted.issuer, mayAct: undefined };
      } catch (error) {
        if (error instanceof SsoError) throw new UntrustedAssertion(`${error.reason}: ${error.detail}`);
        throw error;
      }
    },

    /** The issuer that the assertion names, whether it is right or not. */
    issuerOf(encoded: string): string | undefined {
      try {
        return readBearerAssertion(encoded).issuer;
      } catch {
        return undefined;
      }
    },
  };
}

/** Two names name nobody. */
function onlyOf(values: readonly string[] = []): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
