/**
 * The random parts of a refresh answer are made of the presented token and a salt. The store keeps the salt, which tells
 * nothing by itself; an honest retry brings the token again and gets the very same answer.
 */
import { createHmac } from 'node:crypto';
import type { FamilyToken } from './family-token.ts';

/** Everything else follows from the family's record. */
export interface Successor {
  /** 256 bits that the access token is made of. */
  accessToken: Buffer;
  refreshSecret: string;
}

/**
 * One block of HKDF-Expand with SHA-512 (RFC 5869 section 2.3), cut in halves. The secret is random enough to be the
 * key (section 3.3); whoever presents the token for another holder gets other parts.
 */
export function successorOf({ familyId, secret }: FamilyToken, salt: string, holder: string): Successor {
  const info = JSON.stringify(['gatehouse refresh successor', familyId, salt, holder]);
  const derived = createHmac('sha512', secret).update(`${info}\u0001`).digest();
  return {
    accessToken: derived.subarray(0, 32),
    refreshSecret: derived.subarray(32).toString('base64url'),
  };
}
