/** Computes the hashes of the audit chain: each covers the hash before it, so a changed, removed or inserted event shows. */
import { hash as digest } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Facts, TrailEvent } from './trail.ts';

export const hashBytes = 32;
/** Stands for the hash before the first event. */
export const noHash: Buffer = Buffer.alloc(hashBytes);

/** Stands for the personal part in the chain. An erasure deletes the salt too, so that names cannot be found by trying them. */
export function personalDigest(salt: Uint8Array, personal: Facts): Buffer {
  return sha256(salt, canonical(personal));
}

/** SHA-256 over the previous hash and the event as canonical JSON (RFC 8785). */
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
