/** Decides which keys the signature algorithms accept (RFC 7518 section 3, RFC 8037). */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from '@gatehouse/contracts/resources';

export const defaultAlgorithm: SigningAlgorithm = 'RS256';

/** A key that cannot be used here; the message is shown to the administrator who imports it. */
export class UnsuitableKey extends Error {}

const minModulus = 2048;
/** A larger key needs more than a millisecond for each signature, and every token waits for it. */
const maxModulus = 4096;
const generate = promisify(generateKeyPair);

/** Runs on a thread of the pool. */
export async function generatePrivateKey(algorithm: SigningAlgorithm): Promise<KeyObject> {
  switch (algorithm) {
    case 'RS256':
      return (await generate('rsa', { modulusLength: minModulus })).privateKey;
    case 'ES256':
      return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
    case 'EdDSA':
      return (await generate('ed25519')).privateKey;
  }
}

/** @throws UnsuitableKey */
export function algorithmOf(key: KeyObject): SigningAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength >= minModulus && modulusLength <= maxModulus) return 'RS256';
      throw new UnsuitableKey(
        `an RSA key must have ${minModulus} to ${maxModulus} bits, this one has ${modulusLength}`,
      );
    case 'ec':
      if (namedCurve === 'prime256v1') return 'ES256';
      throw new UnsuitableKey(`an EC key must be on the curve P-256, this one is on ${namedCurve}`);
    case 'ed25519':
      return 'EdDSA';
    default:
      throw new UnsuitableKey(`keys are RSA, EC P-256 or Ed25519, this one is ${key.asymmetricKeyType}`);
  }
}

/** Ed25519 hashes by itself. */
export function digestOf(algorithm: SigningAlgorithm): 'sha256' | null {
  return algorithm === 'EdDSA' ? null : 'sha256';
}
