/** Digests and comparisons that do not leak by their time. */
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text, as 43 base64url characters. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Whether two texts are equal, in a time that does not depend on where they differ. */
export function safeEqual(left: string, right: string): boolean {
  // Digests have one length, so not even the lengths of the texts are told.
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}

/** The same for two digests, whose lengths tell nothing. */
export function equalDigests(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
