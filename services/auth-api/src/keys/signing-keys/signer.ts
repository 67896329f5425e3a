/** Signs the JWTs of this server, and verifies with jose that a JWT was signed here. */

import type { SigningAlgorithm } from '@gatehouse/contracts/resources';
import { errors, type JWSHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { defaultAlgorithm } from './algorithms.ts';
import type { SigningKeys } from './key-ring.ts';
import { signText } from './signature-queue.ts';

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

  async function verificationKey({ alg, kid, typ }: JWSHeaderParameters, expectedType: string) {
    const key = typeof kid === 'string' && typ === expectedType ? await findKey(kid) : undefined;
    // RFC 8725 section 3.1: the key decides the algorithm, never the token.
    if (key === undefined || key.algorithm !== alg) throw new errors.JWKSNoMatchingKey();
    return key.publicKey;
  }

  return {
    /** @param typ keeps one kind of token from passing for another (RFC 8725 section 3.11) */
    async sign(
      claims: JWTPayload,
      typ: string,
      algorithm: SigningAlgorithm = defaultAlgorithm,
    ): Promise<string> {
      const key = keys.active(algorithm);
      const input = `${encode({ alg: algorithm, typ, kid: key.kid })}.${encode(claims)}`;
      return `${input}.${await signText(input, key)}`;
    },

    /** The claims of a JWT that was signed here, expired or not; undefined for any other text. */
    async recognize(jwt: string, typ: string): Promise<JWTPayload | undefined> {
      if (jwt.length > maxJwtLength || !isCanonical(jwt)) return undefined;
      try {
        const { payload } = await jwtVerify(jwt, (header) => verificationKey(header, typ), {
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

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Whether the signature has its only canonical spelling: base64url decoders ignore the last bits and padding. */
function isCanonical(jwt: string): boolean {
  const signature = shape.exec(jwt)?.[1];
  return signature !== undefined && Buffer.from(signature, 'base64url').toString('base64url') === signature;
}
