/** The algorithms that sign, and the keys that are good for them (RFC 7518 section 3, RFC 8037). */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The order of the published key set: the one that every client knows comes first. */
export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export const defaultAlgorithm: SigningAlgorithm = 'RS256';

/** Why a key cannot sign here; the message is for whoever brought it. */
export class UnsuitableKey extends Error {}

const shortestModulus = 2048;
/** Above it a signature takes more than a millisecond, and every token waits for it. */
const longestModulus = 4096;
const generate = promisify(generateKeyPair);

/** Made on a thread of the pool. */
export async function generatePrivateKey(algorithm: SigningAlgorithm): Promise<KeyObject> {
  switch (algorithm) {
    case 'RS256':
      return (await generate('rsa', { modulusLength: shortestModulus })).privateKey;
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
      if (modulusLength >= shortestModulus && modulusLength <= longestModulus) return 'RS256';
      throw new UnsuitableKey(
        `an RSA key must have ${shortestModulus} to ${longestModulus} bits, this one has ${modulusLength}`,
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
