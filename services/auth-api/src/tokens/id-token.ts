/** ID tokens (OpenID Connect Core section 2). */
import { createHash } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';
import type { Actor } from './lineage.ts';
import type { SessionReference } from './session-reference.ts';

export interface IdTokenFacts {
  sub: string;
  clientId: string;
  issuedAtMs: number;
  expiresAtMs: number;
  authTimeMs: number;
  /** The one that is answered beside it. */
  accessToken?: string | undefined;
  /** The client that it was issued to, where that may be another one than the audience. */
  authorizedParty?: string | undefined;
  act?: Actor | undefined;
  nonce?: string | undefined;
  session?: SessionReference | undefined;
}

export interface RecognizedIdToken {
  sub: string;
  clientId: string;
  sid?: string;
  issuedAtMs: number;
  expiresAtMs: number;
}

export type IdTokens = ReturnType<typeof createIdTokens>;

export const idTokenType = 'JWT';

/** Password at the Configuration Server: one factor, so no claim to more. */
const passwordContext = '1';
const passwordMethods = ['pwd'];

export function createIdTokens(signer: Signer, issuer: string) {
  return {
    sign(facts: IdTokenFacts): Promise<string> {
      const { session, nonce, accessToken, authorizedParty, act } = facts;
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
          ...(accessToken === undefined ? {} : { at_hash: accessTokenHash(accessToken) }),
          ...(authorizedParty === undefined ? {} : { azp: authorizedParty }),
          ...(act === undefined ? {} : { act }),
          ...(nonce === undefined ? {} : { nonce }),
          ...(session === undefined ? {} : { sid: session.sid }),
        },
        idTokenType,
      );
    },

    /** What an ID token that we issued says, expired or not. */
    async recognize(idToken: string): Promise<RecognizedIdToken | undefined> {
      const claims = await signer.recognize(idToken, idTokenType);
      if (typeof claims?.sub !== 'string' || typeof claims.aud !== 'string') return undefined;
      const { sub, aud: clientId, sid, iat = 0, exp = 0 } = claims;
      return {
        sub,
        clientId,
        ...(typeof sid === 'string' ? { sid } : {}),
        issuedAtMs: iat * 1000,
        expiresAtMs: exp * 1000,
      };
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
