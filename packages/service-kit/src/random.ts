/** The one source of randomness: the operating system's. */
import { randomBytes, randomUUID } from 'node:crypto';

/** A base64url token of `bytes` random bytes; 32 bytes (256 bits) make 43 characters. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** A UUID version 4 (122 random bits). */
export function randomUuid(): string {
  return randomUUID();
}

export { randomBytes };
