/** Tells what makes an RSA key worthless although it is long enough: numbers of which anybody computes a signature (NIST SP 800-89). */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';

/** The end of a sentence about the key; undefined for a modulus that may be used. It costs microseconds. */
export function weaknessOfModulus(modulus: bigint): string | undefined {
  const factor = smallPrimes.find((prime) => modulus % BigInt(prime) === 0n);
  if (factor !== undefined) return `has a modulus that ${factor} divides, so its private key can be computed`;
  if (generatorMarks.every(({ prime, powers }) => powers.has(Number(modulus % BigInt(prime)))))
    return 'was made by a library whose keys can be factored (CVE-2017-15361): make a new one';
  return undefined;
}

/** Takes milliseconds, so it is for keys that are registered or read from their owner, and not for those of every request. */
export function hiddenWeaknessOf(modulus: bigint, exponent: bigint): string | undefined {
  // Then every padded text is its own signature, as with the exponent 1.
  if (power(2n, exponent, modulus) === 2n) return 'has a public exponent that leaves every number as it is';
  if (hasCloseFactors(modulus))
    return 'has a modulus of two factors so close that they can be computed (CVE-2022-26320): make a new one';
  if (isPrime(modulus)) return 'has a prime as its modulus, so its private key can be computed';
  return undefined;
}

const smallPrimes = primesBelow(752);

/**
 * The primes of that library are k * M + (65537^a mod M), where M is the product of the first primes. So modulo each of these
 * primes its moduli are powers of 65537. Other moduli are that for all of them once in about 2^28 times.
 */
const generatorMarks = primesBelow(168).flatMap((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power);
  return prime > 2 && powers.size < prime - 1 ? [{ prime, powers }] : [];
});

function primesBelow(end: number): number[] {
  const candidates = Array.from({ length: end }, (_, number) => number).slice(2);
  return candidates.filter((number) => !candidates.some((one) => one * one <= number && number % one === 0));
}

/** Steps of Fermat's method: a square is found at once, and primes beside each other in the first steps. */
const fermatSteps = 100;

function hasCloseFactors(modulus: bigint): boolean {
  let middle = squareRoot(modulus);
  if (middle * middle < modulus) middle += 1n;
  for (let step = 0; step < fermatSteps; step += 1, middle += 1n)
    if (isSquare(middle * middle - modulus)) return true;
  return false;
}

/** Squares have twelve of the 64 ends, and most other numbers need no root. */
const endsOfSquares = new Set(Array.from({ length: 64 }, (_, number) => (number * number) % 64));

function isSquare(number: bigint): boolean {
  if (!endsOfSquares.has(Number(number & 63n))) return false;
  const root = squareRoot(number);
  return root * root === number;
}

/** By Newton's method, rounded down. */
function squareRoot(number: bigint): bigint {
  if (number < 2n) return number;
  let root = 1n << BigInt(Math.ceil(number.toString(16).length * 2));
  for (;;) {
    const next = (root + number / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** OpenSSL takes long exponents up to here. Of a larger modulus this stays unknown. */
const maxPrimeBytes = 384;

/** By Fermat's little theorem: 2^(n-2) is the inverse of 2. OpenSSL computes it in a sixth of the time that BigInt takes. */
function isPrime(modulus: bigint): boolean {
  const size = Math.ceil(modulus.toString(16).length / 2);
  if (size > maxPrimeBytes) return false;
  const key = createPublicKey({
    key: { kty: 'RSA', n: base64UrlOf(modulus), e: base64UrlOf(modulus - 2n) },
    format: 'jwk',
  });
  const two = Buffer.alloc(size);
  two[size - 1] = 2;
  const inverse = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, two);
  return (BigInt(`0x${inverse.toString('hex')}`) * 2n) % modulus === 1n;
}

function base64UrlOf(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}
