/** ID tokens (OpenID Connect Core section 2). */
import { createHash } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';
import { contextOf } from './authentication-context.ts';
import type { SessionReference } from './session-reference.ts';

export interface IdTokenFacts {
  sub: string;
  clientId: string;
  issuedAtMs: number;
  expiresAtMs: number;
  authTimeMs: number;
  /** Issued together with the ID token. */
  accessToken?: string | undefined;
  code?: string | undefined;
  nonce?: string | undefined;
  session?: SessionReference | undefined;
  /** Claims about the user that were asked for. */
  userClaims?: Readonly<Record<string, string>>;
}

export type IdTokens = ReturnType<typeof createIdTokens>;

export const idTokenType = 'JWT';

/** Of a sign-in without a session: a password at the Configuration Server. */
const passwordMethods = ['pwd'];

export function createIdTokens(signer: Signer, issuer: string) {
  return {
    sign(facts: IdTokenFacts): Promise<string> {
      const { session, nonce, accessToken, code } = facts;
      const amr = session?.amr ?? passwordMethods;
      return signer.sign(
        {
          ...facts.userClaims,
          iss: issuer,
          sub: facts.sub,
          aud: facts.clientId,
          iat: seconds(facts.issuedAtMs),
          exp: seconds(facts.expiresAtMs),
          auth_time: seconds(facts.authTimeMs),
          acr: contextOf(amr),
          amr,
          ...(accessToken === undefined ? {} : { at_hash: leftHalfOfHash(accessToken) }),
          ...(code === undefined ? {} : { c_hash: leftHalfOfHash(code) }),
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

/** Core sections 3.1.3.6 and 3.3.2.11: the left half of the hash that RS256 uses. */
function leftHalfOfHash(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
