/** Creates new keys: named by their public part, and encrypted before they are stored. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@gatehouse/contracts/resources';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { algorithmOf, generatePrivateKey } from './algorithms.ts';
import { type KeyOrigin, type StoredKey, signingKeyPlace } from './store.ts';

export interface NewKey {
  kid: string;
  algorithm: SigningAlgorithm;
  publicJwk: JWK;
  privateKey: KeyObject;
  origin: KeyOrigin;
}

export async function generateKey(algorithm: SigningAlgorithm): Promise<NewKey> {
  return describeKey(await generatePrivateKey(algorithm), 'generated');
}

/** @throws UnsuitableKey */
export async function describeKey(privateKey: KeyObject, origin: KeyOrigin, kid?: string): Promise<NewKey> {
  const algorithm = algorithmOf(privateKey);
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK;
  // RFC 7638: a name derived from the key cannot collide.
  const name = kid ?? (await calculateJwkThumbprint(jwk));
  return { kid: name, algorithm, publicJwk: jwk, privateKey, origin };
}

export function sealKey(
  { privateKey, ...key }: NewKey,
  box: SecretBox,
  { state, atMs }: { state: 'next' | 'active'; atMs: number },
): StoredKey {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return {
    ...key,
    privateKey: box.seal(pkcs8, signingKeyPlace(key.kid)),
    state,
    createdAtMs: atMs,
    activatedAtMs: state === 'active' ? atMs : undefined,
    retiredAtMs: undefined,
  };
}
