import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeyedDigest } from '../../src/clients/keyed-digest.ts';

it('is HMAC-SHA-256', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'binary' }), (key, text) => {
      expect(createKeyedDigest(key)(text)).toBe(createHmac('sha256', key).update(text).digest('base64url'));
    }),
  );
});
