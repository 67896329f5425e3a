import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createHmacSha256, hkdfSha256 } from '../../src/crypto/hmac.ts';

it('is HMAC-SHA-256 for every length of key and message', () => {
  for (let length = 0; length <= 64; length++) {
    const key = randomBytes(length);
    const message = randomBytes(length * 3);
    expect(createHmacSha256(key)(message)).toEqual(createHmac('sha256', key).update(message).digest());
  }
  expect(() => createHmacSha256(randomBytes(65))).toThrow('longer than a block');
});

it('is HKDF-SHA-256', () => {
  for (const [secret, salt, info] of [
    ['secret', 'salt', 'info'],
    ['s'.repeat(43), 'f'.repeat(22), 'purpose'],
    ['ä', '', ''],
  ] as const) {
    expect(hkdfSha256(secret, salt, info)).toEqual(Buffer.from(hkdfSync('sha256', secret, salt, info, 32)));
  }
});
