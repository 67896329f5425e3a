/** Tells what makes a public key of another party worthless, by what is known of weak keys (NIST SP 800-89, CVE-2017-15361). */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { isSmallOrder } from './curve25519.ts';

export interface KeyStrengthOptions {
  /** Odd exponents from 3 on, of a key that was registered before they were refused. Exponent 1 leaves every text as it is. */
  keepsSmallExponents?: boolean;
}

const minRsaBits = 2048;
const smallestExponent = 65_537n;

/** Of prime order: every point but the identity is of it. Node.js reads no point that is not on its curve. */
const curvesOfPrimeOrder = [
  'prime256v1',
  'secp256k1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
];

/** The end of a sentence about the public key, such as "has the public exponent 3…"; undefined for a key that may be used. */
export function weaknessOf(key: KeyObject, options: KeyStrengthOptions = {}): string | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return weaknessOfRsa(key, options);
    case 'ec':
      return weaknessOfEc(key);
    case 'ed25519':
    case 'x25519':
      return isSmallOrder(key.asymmetricKeyType, rawKey(key))
        ? 'is a point of small order, for which anybody can sign or agree'
        : undefined;
    default:
      return undefined;
  }
}

/** Of a certificate that signs SAML: its signatures are RSA alone here. */
export function weaknessOfCertificate(
  { publicKey }: X509Certificate,
  options?: KeyStrengthOptions,
): string | undefined {
  if (publicKey.asymmetricKeyType === 'rsa') return weaknessOf(publicKey, options);
  return `must be an RSA key of at least ${minRsaBits} bits: no other signature of an assertion is accepted`;
}

function weaknessOfRsa(key: KeyObject, { keepsSmallExponents = false }: KeyStrengthOptions) {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < minRsaBits) return `must have at least ${minRsaBits} bits, and has ${modulusLength}`;
  const least = keepsSmallExponents ? 3n : smallestExponent;
  if (publicExponent < least || publicExponent % 2n === 0n)
    return `has the public exponent ${publicExponent}: it must be odd and at least ${smallestExponent}`;
  // Node.js exports no modulus of the other kind.
  return key.asymmetricKeyType === 'rsa' ? weaknessOfModulus(modulusOf(key)) : undefined;
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`);
}

const smallPrimes = primesBelow(752);

/** NIST SP 800-89 section 5.3.3 tries primes below 752; a product of two large primes has none of them. */
function weaknessOfModulus(modulus: bigint): string | undefined {
  const factor = smallPrimes.find((prime) => modulus % BigInt(prime) === 0n);
  if (factor !== undefined) return `has a modulus that ${factor} divides, so its private key can be computed`;
  if (generatorMarks.every(({ prime, powers }) => powers.has(Number(modulus % BigInt(prime)))))
    return 'was made by a library whose keys can be factored (CVE-2017-15361): make a new one';
  return undefined;
}

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

function weaknessOfEc(key: KeyObject): string | undefined {
  const { namedCurve = 'unknown' } = key.asymmetricKeyDetails ?? {};
  if (!curvesOfPrimeOrder.includes(namedCurve)) return `is on the curve ${namedCurve}, which is not accepted`;
  return isIdentity(key) ? 'is the identity of its curve' : undefined;
}

/** Node.js reads it from a certificate, and cannot write it. */
function isIdentity(key: KeyObject): boolean {
  try {
    return key.export({ format: 'der', type: 'spki' }).length === 0;
  } catch {
    return true;
  }
}

/** The last 32 octets of the form of RFC 8410 are the key. */
function rawKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}
