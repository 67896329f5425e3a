import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import {
  jwkDividedBy,
  jwkOfFlawedLibrary,
  jwkOfManyFactors,
  jwkOfNeighbours,
  jwkOfPoint,
  jwkOfPrime,
  jwkThatChangesNothing,
  jwkWithExponent,
  smallOrderPoints,
} from '@gatehouse/testing/keys';
import { describe, expect, it } from 'vitest';
import { weaknessOf } from '../../src/crypto/key-strength.ts';

const read = (key: JsonWebKey) => createPublicKey({ key, format: 'jwk' });

describe('a public key of another party', () => {
  it.each([
    ['RSA of 2048 bits', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['RSA of 4096 bits', () => generateKeyPairSync('rsa', { modulusLength: 4096 })],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
    ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
    ['X25519', () => generateKeyPairSync('x25519')],
  ])('that is good is taken: %s', (_kind, make) => {
    expect(weaknessOf(make().publicKey)).toBeUndefined();
  });

  it('is taken of every program that chooses at random', () => {
    for (let index = 0; index < 100; index += 1) {
      expect(weaknessOf(generateKeyPairSync('ed25519').publicKey)).toBeUndefined();
      expect(weaknessOf(generateKeyPairSync('x25519').publicKey)).toBeUndefined();
    }
  });

  it.each([1, 2, 3, 4, 17, 65_535, 65_536, 65_538])('with the public exponent %i is refused', (exponent) => {
    expect(weaknessOf(read(jwkWithExponent(exponent)))).toMatch(
      new RegExp(`^has the public exponent ${exponent}: it must be odd and at least 65537$`),
    );
  });

  it.each([
    [1, false],
    [2, false],
    [4, false],
    [3, true],
    [17, true],
    [65_535, true],
  ])('that was registered with the exponent %i may be kept: %s', (exponent, isKept) => {
    const weakness = weaknessOf(read(jwkWithExponent(exponent)), { keepsSmallExponents: true });
    expect(weakness === undefined).toBe(isKept);
  });

  it.each([1024, 2047])('of RSA with %i bits is refused', (modulusLength) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
    expect(weaknessOf(publicKey)).toBe(`must have at least 2048 bits, and has ${modulusLength}`);
  });

  it.each([2n, 3n, 751n])('whose modulus has the factor %i is refused', (factor) => {
    expect(weaknessOf(read(jwkDividedBy(factor)))).toMatch(/^has a modulus that \d+ divides/);
  });

  // attack: registered RSA key whose signatures anybody can compute | NIST SP 800-89 5.3.3, CVE-2022-26320 | guard: packages/service-kit/src/crypto/rsa-modulus.ts
  it.each([
    ['a prime as its modulus', () => jwkOfPrime(2048), 'has a prime as its modulus'],
    ['a prime of 3072 bits as its modulus', () => jwkOfPrime(3072), 'has a prime as its modulus'],
    ['the square of a prime as its modulus', () => jwkOfNeighbours(0), 'CVE-2022-26320'],
    ['two primes beside each other', () => jwkOfNeighbours(1), 'CVE-2022-26320'],
    ['a short exponent that leaves every number as it is', jwkOfManyFactors, 'leaves every number as it is'],
  ])('of RSA with %s is refused', (_name, make, why) => {
    expect(weaknessOf(read(make()))).toContain(why);
  });

  // attack: exponent 1 of an RSA key in the disguise of a long one | FIPS 186-5 A.1.1, CWE-347 | guard: packages/service-kit/src/crypto/key-strength.ts
  it('of RSA has a public exponent of 256 bits at most, also where it comes with a request', () => {
    const modulus = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const exponent = (size: number) => Buffer.alloc(size, 0xff).toString('base64url');
    expect(weaknessOf(read({ ...modulus, e: exponent(32) }))).toBeUndefined();
    expect(weaknessOf(read({ ...modulus, e: exponent(33) }))).toContain('more than 256 bits');
    const disguised = read(jwkThatChangesNothing());
    for (const isOfRequest of [false, true])
      expect(weaknessOf(disguised, { isOfRequest })).toContain('more than 256 bits');
  });

  it('of the library of CVE-2017-15361 is refused', () => {
    expect(weaknessOf(read(jwkOfFlawedLibrary()))).toContain('CVE-2017-15361');
  });

  it.each(
    (['Ed25519', 'X25519'] as const).flatMap((crv) =>
      smallOrderPoints[crv].map((hex) => [crv, hex] as const),
    ),
  )('of %s that is the point of small order %s is refused', (crv, hex) => {
    expect(weaknessOf(read(jwkOfPoint(crv, hex)))).toContain('small order');
  });

  it.each(['P-256', 'P-384', 'P-521', 'secp256k1'])(
    'that is no point of %s is not even read',
    (namedCurve) => {
      const jwk = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
      expect(() => read({ ...jwk, x: jwk.y ?? '', y: jwk.x ?? '' })).toThrow();
    },
  );

  it('that is the identity of its curve is refused', () => {
    const identity = Buffer.from('3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'hex');
    const key = createPublicKey({ key: identity, format: 'der', type: 'spki' });
    expect(weaknessOf(key)).toBe('is the identity of its curve');
  });

  it('of a curve whose points have small orders, or that is too short, is refused', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp224r1' });
    expect(weaknessOf(publicKey)).toBe('is on the curve secp224r1, which is not accepted');
  });
});
