/** Signs ID tokens (OpenID Connect Core section 2) and recognises those that were issued here. */
import { hash } from 'node:crypto';
import type { SigningAlgorithm } from '@gatehouse/contracts/resources';
import type { EncryptFor } from '../core/assertions/encryption.ts';
import type { UserClaims } from '../core/protocol/user-claims.ts';
import { defaultAlgorithm } from '../keys/signing-keys/algorithms.ts';
import type { Signer } from '../keys/signing-keys/signer.ts';
import type { PersonKey } from '../records/revocation/revocation.ts';
import type { Client } from '../registry/clients/client.ts';
import type { ActorClaim } from './lineage.ts';
import type { SessionReference } from './session-reference.ts';

export interface IdTokenFacts {
  person: PersonKey;
  clientId: string;
  issuedAtMs: number;
  expiresAtMs: number;
  /** Undefined: not known. */
  authTimeMs: number | undefined;
  /** How surely the person proved who they are, and by which methods (RFC 8176). */
  acr: string | undefined;
  amr: readonly string[] | undefined;
  /** The client that it is for: how it expects to get ID tokens. */
  reader: Client | undefined;
  /** Issued together with the ID token. */
  accessToken?: string | undefined;
  code?: string | undefined;
  /** The client that it was issued to, if that may differ from the audience. */
  authorizedParty?: string | undefined;
  act?: ActorClaim | undefined;
  nonce?: string | undefined;
  session?: SessionReference | undefined;
  /** Claims about the user that were asked for. */
  userClaims?: UserClaims;
}

export interface RecognizedIdToken {
  sub: string;
  /** Absent in ID tokens of the release before. */
  contactCenterId: string | undefined;
  clientId: string;
  sid: string | undefined;
  /** It was derived from another token, for a party that may differ from the audience. */
  isDerived: boolean;
  issuedAtMs: number;
  expiresAtMs: number;
}

export type IdTokens = ReturnType<typeof createIdTokens>;

const idTokenKind = { typ: 'JWT' };

export function createIdTokens(signer: Signer, encryptFor: EncryptFor, issuer: string) {
  return {
    /** Signs it and, if its reader wants that, encrypts it. @throws AppError (400, 503) without the key of the reader */
    async sign(facts: IdTokenFacts): Promise<string> {
      const { session, acr, amr = [], nonce, accessToken, code, authorizedParty, act, reader } = facts;
      const algorithm = reader?.idTokenSignedResponseAlg ?? defaultAlgorithm;
      const jwt = await signer.sign(
        {
          ...facts.userClaims,
          iss: issuer,
          sub: facts.person.sub,
          contact_center_id: facts.person.contactCenterId,
          aud: facts.clientId,
          iat: seconds(facts.issuedAtMs),
          exp: seconds(facts.expiresAtMs),
          auth_time: facts.authTimeMs && seconds(facts.authTimeMs),
          acr,
          // JSON drops undefined members.
          amr: amr.length === 0 ? undefined : amr,
          at_hash: accessToken && leftHalfOfHash(accessToken, algorithm),
          c_hash: code && leftHalfOfHash(code, algorithm),
          azp: authorizedParty,
          act,
          nonce,
          sid: session?.sid,
        },
        idTokenKind,
        algorithm,
      );
      if (reader === undefined) return jwt;
      const { idTokenEncryptedResponseAlg: alg, idTokenEncryptedResponseEnc: enc } = reader;
      return encryptFor(reader, { alg, enc }, jwt);
    },

    /** The claims of an ID token that was issued here, expired or not; undefined for any other text. */
    async recognize(idToken: string): Promise<RecognizedIdToken | undefined> {
      const claims = await signer.recognize(idToken, idTokenKind);
      if (typeof claims?.sub !== 'string' || typeof claims.aud !== 'string') return undefined;
      const { sub, aud: clientId, sid, iat = 0, exp = 0 } = claims;
      return {
        sub,
        contactCenterId: textOf(claims['contact_center_id']),
        clientId,
        sid: textOf(sid),
        isDerived: claims['azp'] !== undefined,
        issuedAtMs: iat * 1000,
        expiresAtMs: exp * 1000,
      };
    },
  };
}

/** Core sections 3.1.3.6 and 3.3.2.11: the left half of the hash that the signature algorithm uses; Ed25519 uses SHA-512. */
function leftHalfOfHash(text: string, algorithm: SigningAlgorithm): string {
  const digest = hash(algorithm === 'EdDSA' ? 'sha512' : 'sha256', text, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === 'string' ? claim : undefined;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The contact centre that knows the user of an ID token; undefined for one of the release before, unless its client serves only one. */
export function contactCenterOf(
  { contactCenterId }: RecognizedIdToken,
  { contactCenterIds: [only, another] }: Pick<Client, 'contactCenterIds'>,
): string | undefined {
  return contactCenterId ?? (another === undefined ? only : undefined);
}
