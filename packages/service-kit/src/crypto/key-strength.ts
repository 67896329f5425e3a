/** Tells what makes a public key of another party worthless, by what is known of weak keys (NIST SP 800-89, CVE-2017-15361). */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { isSmallOrder } from './curve25519.ts';
import { hiddenWeaknessOf, weaknessOfModulus } from './rsa-modulus.ts';

export interface KeyStrengthOptions {
  /** Odd exponents from 3 on, of a key that was registered before they were refused. Exponent 1 leaves every text as it is. */
  keepsSmallExponents?: boolean;
  /** A key that comes with a request: what takes milliseconds to see is not looked for, as a stranger may send thousands. */
  isOfRequest?: boolean;
}

const minRsaBits = 2048;
const smallestExponent = 65_537n;
/** FIPS 186-5 section A.1.1. Longer ones are made to hide something: one more than a multiple of λ(n) leaves every text as it is. */
const maxExponentBits = 256n;

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

function weaknessOfRsa(
  key: KeyObject,
  { keepsSmallExponents = false, isOfRequest = false }: KeyStrengthOptions,
) {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < minRsaBits) return `must have at least ${minRsaBits} bits, and has ${modulusLength}`;
  const least = keepsSmallExponents ? 3n : smallestExponent;
  if (publicExponent < least || publicExponent % 2n === 0n)
    return `has the public exponent ${publicExponent}: it must be odd and at least ${smallestExponent}`;
  if (publicExponent >> maxExponentBits > 0n)
    return `has a public exponent of more than ${maxExponentBits} bits, which no program chooses`;
  // Node.js exports no modulus of the other kind.
  if (key.asymmetricKeyType !== 'rsa') return undefined;
  const modulus = modulusOf(key);
  return weaknessOfModulus(modulus) ?? (isOfRequest ? undefined : hiddenWeaknessOf(modulus, publicExponent));
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`);
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
