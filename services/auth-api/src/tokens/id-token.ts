/** ID tokens (OpenID Connect Core section 2). */
import { createHash } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';
import type { SessionReference } from './session-reference.ts';

export interface IdTokenFacts {
  sub: string;
  clientId: string;
  issuedAtMs: number;
  expiresAtMs: number;
  authTimeMs: number;
  accessToken: string;
  nonce?: string | undefined;
  session?: SessionReference | undefined;
}

export type IdTokens = ReturnType<typeof createIdTokens>;

export const idTokenType = 'JWT';

/** Password at the Configuration Server: one factor, so no claim to more. */
const passwordContext = '1';
const passwordMethods = ['pwd'];

export function createIdTokens(signer: Signer, issuer: string) {
  return {
    sign(facts: IdTokenFacts): Promise<string> {
      const { session, nonce } = facts;
      return signer.sign(
        {
          iss: issuer,
          sub: facts.sub,
          aud: facts.clientId,
          iat: seconds(facts.issuedAtMs),
          exp: seconds(facts.expiresAtMs),
          auth_time: seconds(facts.authTimeMs),
          acr: passwordContext,
          amr: session?.amr ?? passwordMethods,
          at_hash: accessTokenHash(facts.accessToken),
          ...(nonce === undefined ? {} : { nonce }),
          ...(session === undefined ? {} : { sid: session.sid }),
        },
        idTokenType,
      );
    },

    /** Subject and client of an ID token that we issued, expired or not. */
    async recognize(idToken: string): Promise<{ sub: string; clientId: string; sid?: string } | undefined> {
      const claims = await signer.recognize(idToken, idTokenType);
      if (typeof claims?.sub !== 'string' || typeof claims.aud !== 'string') return undefined;
      const { sid } = claims;
      return { sub: claims.sub, clientId: claims.aud, ...(typeof sid === 'string' ? { sid } : {}) };
    },
  };
}

/** Core section 3.1.3.6: the left half of the hash that RS256 uses. */
function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
