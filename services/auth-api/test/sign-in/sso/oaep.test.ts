import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeOaep, unwrapKey } from '../../../src/sign-in/sso/saml/oaep.ts';
import { encodeOaep } from './stack/encrypting.ts';

interface Vectors {
  pkcs8: string;
  text: string;
  vectors: { hash: string; mask: string; label: string; wrapped: string }[];
}

const { pkcs8, text, vectors } = JSON.parse(
  readFileSync(new URL('stack/oaep-vectors.json', import.meta.url), 'utf8'),
) as Vectors;
const privateKey = createPrivateKey({
  key: Buffer.from(pkcs8, 'base64'),
  format: 'der',
  type: 'pkcs8',
})
  .export({ format: 'pem', type: 'pkcs8' })
  .toString();

describe('RSA-OAEP', () => {
  it.each(vectors)(
    'opens what another implementation wrapped: $hash, masked with $mask, label "$label"',
    ({ hash, mask, label, wrapped }) => {
      const oaep = { hash, mask, label: Buffer.from(label, 'hex') };
      const bytes = Buffer.from(wrapped, 'base64');

      expect(unwrapKey(bytes, privateKey, oaep)?.toString()).toBe(text);
      expect(unwrapKey(bytes, privateKey, { ...oaep, label: Buffer.from('other') })).toBeUndefined();
      const otherMask = mask === 'sha512' ? 'sha384' : 'sha512';
      expect(unwrapKey(bytes, privateKey, { ...oaep, mask: otherMask })).toBeUndefined();
    },
  );

  it.each([0, 1, 32, 190])('decodes a message of %i bytes', (length) => {
    const oaep = { hash: 'sha256', mask: 'sha1', label: Buffer.alloc(0) };
    const message = Buffer.alloc(length, 1);
    expect(decodeOaep(encodeOaep(message, 256, oaep), oaep)).toEqual(message);
  });

  // attack: padding oracle of RSA-OAEP | RFC 8017 7.1.2, Manger 2001 | guard: services/auth-api/src/sign-in/sso/saml/oaep.ts
  it.each<[string, Parameters<typeof encodeOaep>[3]]>([
    ['a first byte that is not zero', { encoded: (encoded) => encoded.writeUInt8(1) }],
    ['another label', { block: (block) => block.writeUInt8(block.readUInt8(31) ^ 1, 31) }],
    ['no end of the zeros', { block: (block) => block.fill(0, 32) }],
    ['another byte among the zeros', { block: (block) => block.writeUInt8(2, 40) }],
    ['another byte instead of the zeros', { block: (block) => block.fill(255, 32, 60) }],
  ])('opens nothing where one check fails: %s', (_case, change) => {
    const oaep = { hash: 'sha256', mask: 'sha1', label: Buffer.alloc(0) };
    expect(decodeOaep(encodeOaep(Buffer.from('key'), 256, oaep, change), oaep)).toBeUndefined();
  });

  it('opens nothing shorter than its own parts, and nothing of another length than the key', () => {
    const oaep = { hash: 'sha512', mask: 'sha1', label: Buffer.alloc(0) };
    expect(decodeOaep(Buffer.alloc(129), oaep)).toBeUndefined();
    for (const length of [0, 255, 257])
      expect(unwrapKey(Buffer.alloc(length, 1), privateKey, oaep)).toBeUndefined();
  });
});
