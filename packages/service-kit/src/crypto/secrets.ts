/** Makes tokens, secrets and UUIDs from random bytes, digests them, and compares them in constant time. */
import { hash, randomBytes, randomFillSync, randomUUID, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text, as 43 base64url characters. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function safeEqual(left: string, right: string): boolean {
  // Digests have one length, so the time does not tell the lengths of the texts either.
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}

/** Compares two digests, whose lengths are no secret. */
export function equalDigests(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** Random bytes for many tokens: one system call each would be 5 % of a token request. */
const reserve = Buffer.alloc(4096);
let used = reserve.length;

/** A base64url token of `bytes` random bytes; 32 bytes (256 bits) make 43 characters. */
export function randomToken(bytes = 32): string {
  if (bytes > reserve.length) return randomBytes(bytes).toString('base64url');
  if (used + bytes > reserve.length) {
    randomFillSync(reserve);
    used = 0;
  }
  const taken = reserve.subarray(used, used + bytes);
  used += bytes;
  const token = taken.toString('base64url');
  // A token must not stay in memory.
  taken.fill(0);
  return token;
}

/** A UUID version 4 (122 random bits). */
export function randomUuid(): string {
  return randomUUID();
}

/** Returns the first 16 bytes as a UUID (RFC 9562): version 4 for random bytes, version 8 for derived ones. */
export function uuidOf(source: Uint8Array, version: 4 | 8 = 4): string {
  const bytes = Buffer.from(source.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export { randomBytes };

const digestPrefix = 'sha256:';

/** A secret to store as a digest: it has 256 random bits, so that a fast digest is enough. */
export function generateSecret(): string {
  return randomToken();
}

export function digestSecret(secret: string): string {
  return digestPrefix + sha256(secret);
}

export function isDigest(stored: string): boolean {
  return stored.startsWith(digestPrefix);
}

export function matchesDigest(stored: string, secret: string): boolean {
  return equalDigests(stored, digestSecret(secret));
}
