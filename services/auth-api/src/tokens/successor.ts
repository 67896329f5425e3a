/**
 * Derives the random parts of a refresh answer from the presented token and a salt. Redis stores the salt, which reveals
 * nothing alone: a client that repeats the request with the token gets the same answer.
 */
import { createHmac } from 'node:crypto';
import type { FamilyToken } from './family-token.ts';

export interface Successor {
  /** 256 bits that the access token is made from. */
  accessToken: Buffer;
  refreshSecret: string;
}

/**
 * One block of HKDF-Expand with SHA-512 (RFC 5869 section 2.3), cut in halves. The secret is random, so it can be the
 * key without extraction (section 3.3). Another holder of the token gets other parts.
 */
export function successorOf({ familyId, secret }: FamilyToken, salt: string, holder: string): Successor {
  const info = JSON.stringify(['gatehouse refresh successor', familyId, salt, holder]);
  const derived = createHmac('sha512', secret).update(`${info}\u0001`).digest();
  return {
    accessToken: derived.subarray(0, 32),
    refreshSecret: derived.subarray(32).toString('base64url'),
  };
}
