/** Computes digests and compares texts in constant time. */
import { hash, timingSafeEqual } from 'node:crypto';

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
