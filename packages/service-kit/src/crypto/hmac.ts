/** HMAC-SHA-256 and HKDF from one-shot digests: on a request path a Hmac object costs three times as much. */
import { hash } from 'node:crypto';

const blockBytes = 64;

/** A function that computes HMAC-SHA-256 (RFC 2104) under the key; at most 64 bytes of key. */
export function createHmacSha256(key: Uint8Array): (message: Uint8Array) => Buffer {
  const inner = padded(key, 0x36);
  const outer = padded(key, 0x5c);
  return (message) => {
    const digest = hash('sha256', Buffer.concat([inner, message]), 'buffer');
    return hash('sha256', Buffer.concat([outer, digest]), 'buffer');
  };
}

/** HKDF-SHA-256 (RFC 5869), one block: 32 bytes. Salt and input at most 64 bytes. */
export function hkdfSha256(secret: string, salt: string, info: string): Buffer {
  const pseudorandomKey = createHmacSha256(Buffer.from(salt))(Buffer.from(secret));
  return createHmacSha256(pseudorandomKey)(Buffer.concat([Buffer.from(info), Buffer.of(1)]));
}

function padded(key: Uint8Array, pad: number): Buffer {
  if (key.length > blockBytes) throw new Error('the key is longer than a block');
  const block = Buffer.alloc(blockBytes, pad);
  key.forEach((byte, index) => {
    block[index] = byte ^ pad;
  });
  return block;
}
