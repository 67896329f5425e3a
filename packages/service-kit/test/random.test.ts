import { expect, it } from 'vitest';
import { randomBytes, randomToken, uuidOf } from '../src/crypto/secrets.ts';

it('gives tokens of the asked length, none twice and none empty, across refills', () => {
  const tokens = Array.from({ length: 5000 }, (_, index) => randomToken(16 + (index % 33)));

  expect(new Set(tokens).size).toBe(tokens.length);
  tokens.forEach((token, index) => {
    expect(Buffer.from(token, 'base64url')).toHaveLength(16 + (index % 33));
    expect(token).not.toMatch(/A{12}/);
  });
  expect(Buffer.from(randomToken(5000), 'base64url')).toHaveLength(5000);
});

it('makes a UUID version 4 of random bytes, the same of the same', () => {
  const bytes = randomBytes(32);

  expect(uuidOf(bytes)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf(bytes)).toBe(uuidOf(bytes.subarray(0, 16)));
  expect(uuidOf(Buffer.alloc(16, 0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});
