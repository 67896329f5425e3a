/** Signs the JWTs of this server, and verifies with jose that a JWT was signed here. */

import type { SigningAlgorithm } from '@gatehouse/contracts/resources';
import { errors, type JWSHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { defaultAlgorithm } from './algorithms.ts';
import type { SigningKeys } from './key-ring.ts';
import { signText } from './signature-queue.ts';

/** Keeps one kind of token from passing for another (RFC 8725 section 3.11). */
export interface JwtKind {
  typ: string;
  /** Private header member `token_use` (RFC 7515 section 4.3): tells kinds of one type apart. Absent: the JWT must not have it. */
  use?: 'access_token';
}

export interface SignerOptions {
  keys: SigningKeys;
  issuer: string;
  /** Reads the keys again, because another replica may just have created one. */
  refreshKeys(): Promise<void>;
}

export type Signer = ReturnType<typeof createSigner>;

const maxJwtLength = 16_384;
const shape = /^[\w-]+\.[\w-]+\.([\w-]+)$/;

export function createSigner({ keys, issuer, refreshKeys }: SignerOptions) {
  async function findKey(kid: string) {
    const known = keys.find(kid);
    if (known !== undefined) return known;
    await refreshKeys();
    return keys.find(kid);
  }

  async function verificationKey(header: JWSHeaderParameters, kinds: readonly JwtKind[]) {
    const { alg, kid } = header;
    const key = typeof kid === 'string' && isOneOf(kinds, header) ? await findKey(kid) : undefined;
    // RFC 8725 section 3.1: the key decides the algorithm, never the token.
    if (key === undefined || key.algorithm !== alg) throw new errors.JWKSNoMatchingKey();
    return key.publicKey;
  }

  return {
    async sign(
      claims: JWTPayload,
      { typ, use }: JwtKind,
      algorithm: SigningAlgorithm = defaultAlgorithm,
    ): Promise<string> {
      const key = keys.active(algorithm);
      const input = `${encode({ alg: algorithm, typ, kid: key.kid, token_use: use })}.${encode(claims)}`;
      return `${input}.${await signText(input, key)}`;
    },

    /** The claims of a JWT of one of the kinds that was signed here, expired or not; undefined for any other text. */
    async recognize(jwt: string, ...kinds: JwtKind[]): Promise<JWTPayload | undefined> {
      if (jwt.length > maxJwtLength || !isCanonical(jwt)) return undefined;
      try {
        const { payload } = await jwtVerify(jwt, (header) => verificationKey(header, kinds), {
          issuer,
          // The epoch: no token has expired by then.
          currentDate: new Date(0),
        });
        return payload;
      } catch (error) {
        // jose reports malformed input also by TypeError.
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
        throw error;
      }
    },
  };
}

/** Kinds of one type differ in the mark alone, so it counts in both directions. */
function isOneOf(kinds: readonly JwtKind[], header: JWSHeaderParameters): boolean {
  return kinds.some(({ typ, use }) => header.typ === typ && header['token_use'] === use);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Whether the signature has its only canonical spelling: base64url decoders ignore the last bits and padding. */
function isCanonical(jwt: string): boolean {
  const signature = shape.exec(jwt)?.[1];
  return signature !== undefined && Buffer.from(signature, 'base64url').toString('base64url') === signature;
}
