/** Tells what makes a public key in the form of RFC 7517 worthless. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type KeyStrengthOptions, weaknessOf } from '@gatehouse/service-kit/crypto';

/** The end of a sentence about the key; undefined for one that may be used. */
export function jwkWeakness(jwk: object, options?: KeyStrengthOptions): string | undefined {
  const key = readPublicKey(jwk);
  return key === undefined ? 'is no public key in the form of RFC 7517' : weaknessOf(key, options);
}

function readPublicKey(jwk: object): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}
