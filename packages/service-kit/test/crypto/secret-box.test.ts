import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { createSecretBox } from '../../src/crypto/secret-box.ts';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const place = { table: 'environments', row: '1', column: 'password' };

// attack: sealed secret copied to another place | ASVS 11.3.3 | guard: packages/service-kit/src/crypto/secret-box.ts
test('a sealed value opens in its place only', () => {
  const box = createSecretBox(new Secret(key('k1')));
  const sealed = box.seal('demo', place);
  expect(sealed).not.toContain('demo');
  expect(box.open(sealed, place).toString()).toBe('demo');
  expect(() => box.open(sealed, { ...place, row: '2' })).toThrow();
  expect(() => box.open(sealed, { ...place, column: 'name' })).toThrow();
});

test('a changed envelope, another key id and a short one are refused', () => {
  const box = createSecretBox(new Secret(key('k1')));
  const [version, id, iv, text = ''] = box.seal('demo', place).split('.');
  const flipped = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
  expect(() => box.open([version, id, iv, flipped].join('.'), place)).toThrow();
  expect(() => box.open([version, 'k9', iv, text].join('.'), place)).toThrow(/k9/);
  expect(() => box.open([version, id, iv, 'AAAA'].join('.'), place)).toThrow();
});

test('after a key change the old key still opens and the new one seals', () => {
  const old = key('k1');
  const sealed = createSecretBox(new Secret(old)).seal('demo', place);
  const box = createSecretBox(new Secret(`${key('k2')},${old}`));
  expect(box.activeKeyId).toBe('k2');
  expect(box.open(sealed, place).toString()).toBe('demo');
  expect(box.seal('demo', place)).toContain('.k2.');
});
