/** The hashes of the audit chain. Each event's hash covers the one before it: nothing can be changed, taken out or put in unseen. */
import { hash as digest } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Facts, TrailEvent } from './trail.ts';

export const hashBytes = 32;
/** Before the very first event. */
export const noHash: Buffer = Buffer.alloc(hashBytes);

/** Stands for the personal part in the chain; the salt goes when the part is erased, so that nobody can try out names. */
export function personalDigest(salt: Uint8Array, personal: Facts): Buffer {
  return sha256(salt, canonical(personal));
}

/** SHA-256 over the hash before and the event as canonical JSON (RFC 8785). */
export function chainHash(previous: Uint8Array, event: TrailEvent, personal: Uint8Array): Buffer {
  const { id, atMs, facts } = event;
  return sha256(
    previous,
    canonical({ id, at: atMs, facts, personal: Buffer.from(personal).toString('base64url') }),
  );
}

function canonical(value: Facts): Buffer {
  return Buffer.from(canonicalize(value) ?? '');
}

function sha256(...parts: Uint8Array[]): Buffer {
  return digest('sha256', Buffer.concat(parts), 'buffer');
}
