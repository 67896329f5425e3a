/** Makes keys that prove nothing, and what passes for their signature without a private key. */
import {
  checkPrimeSync,
  createHash,
  generateKeyPairSync,
  generatePrimeSync,
  type JsonWebKey,
} from 'node:crypto';

const bits = 2048;
let modulus: string | undefined;

/** A good modulus with another public exponent. */
export function jwkWithExponent(exponent: number): JsonWebKey {
  modulus ??= generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }).n;
  return rsaJwk(modulus ?? '', BigInt(exponent));
}

/** A key whose private part is there, with exponent 3 or 17, as old programs made them. */
export function keyWithSmallExponent(publicExponent: number) {
  return generateKeyPairSync('rsa', { modulusLength: bits, publicExponent });
}

/** A JWT that nobody signed, and that a key with the exponent 1 verifies. */
export function forgedJwt(claims: object, header: object = { alg: 'RS256', kid: 'k1' }): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${forgedRs256(input)}`;
}

/** With the exponent 1 the padded hash (RFC 8017 section 9.2) is its own signature. */
function forgedRs256(signingInput: string): string {
  const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const hash = createHash('sha256').update(signingInput).digest();
  const padding = Buffer.alloc(bits / 8 - 3 - digestInfo.length - hash.length, 0xff);
  return Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digestInfo, hash]).toString('base64url');
}

/** A modulus as the library of CVE-2017-15361 makes them: a power of 65537 modulo the product of the first primes. */
export function jwkOfFlawedLibrary(): JsonWebKey {
  const product = primesUpTo(701).reduce((all, prime) => all * BigInt(prime), 1n);
  let power = 1n;
  for (let step = 0; step < 567; step += 1) power = (power * 65_537n) % product;
  const least = (1n << BigInt(bits - 1)) / product + 1n;
  return jwkOf(least * product + power);
}

export function jwkDividedBy(factor: bigint): JsonWebKey {
  const least = (1n << BigInt(bits - 1)) / factor + 1n;
  return jwkOf(least * factor);
}

export const jwkOfPrime = (length: number) => jwkOf(generatePrimeSync(length, { bigint: true }));

/** A prime and the prime that follows so many primes later: 0 makes a square. */
export function jwkOfNeighbours(distance: 0 | 1): JsonWebKey {
  const prime = generatePrimeSync(bits / 2, { bigint: true });
  let other = prime;
  if (distance === 1)
    do other += 2n;
    while (!checkPrimeSync(other));
  return jwkOf(prime * other);
}

/** With the exponent λ(n) + 1, which is the exponent 1 in disguise. */
export function jwkThatChangesNothing(): JsonWebKey {
  const [p, q] = [0, 1].map(() => generatePrimeSync(bits / 2, { bigint: true })) as [bigint, bigint];
  // The product is a multiple of λ(n).
  return rsaJwk(base64UrlOf(p * q), (p - 1n) * (q - 1n) + 1n);
}

/** The same with a short exponent, where every prime but one divides a short number. */
export function jwkOfManyFactors(): JsonWebKey {
  const multiple = primesUpTo(113).reduce((all, prime) => all * BigInt(prime), 16n * 27n * 25n * 7n);
  const [factors, found] = [primesUpTo(113), new Set<bigint>()];
  let product = 1n;
  for (let index = 0; product >> BigInt(bits) === 0n; index += 1) {
    // Divisors of the number, by the bits of a counter.
    const chosen = factors.filter((_, at) => (index >> (at % 24)) & 1);
    const divisor = chosen.reduce((all, prime) => all * BigInt(prime), 2n);
    if (divisor < 1000n || found.has(divisor) || !checkPrimeSync(divisor + 1n)) continue;
    found.add(divisor);
    product *= divisor + 1n;
  }
  return rsaJwk(base64UrlOf(product), multiple + 1n);
}

const jwkOf = (value: bigint) => rsaJwk(base64UrlOf(value), 65_537n);

const rsaJwk = (n: string, exponent: bigint): JsonWebKey => ({ kty: 'RSA', n, e: base64UrlOf(exponent) });

function base64UrlOf(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

function primesUpTo(end: number): number[] {
  const numbers = Array.from({ length: end - 1 }, (_, index) => index + 2);
  return numbers.filter((number) => !numbers.some((one) => one < number && number % one === 0));
}

/** In the little-endian form of RFC 7748 and RFC 8032: every point of small order, in all its spellings. */
export const smallOrderPoints = {
  Ed25519: [
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ],
  X25519: [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ],
} as const;

export function jwkOfPoint(crv: keyof typeof smallOrderPoints, hex: string): JsonWebKey {
  return { kty: 'OKP', crv, x: Buffer.from(hex, 'hex').toString('base64url') };
}
