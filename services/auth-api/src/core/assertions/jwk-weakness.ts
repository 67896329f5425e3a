/** Tells what makes a public key in the form of RFC 7517 worthless, and leaves such keys out of a set. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type KeyStrengthOptions, weaknessOf } from '@gatehouse/service-kit/crypto';
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';

/** The end of a sentence about the key; undefined for one that may be used. */
export function jwkWeakness(jwk: object, options?: KeyStrengthOptions): string | undefined {
  const key = readPublicKey(jwk);
  return key === undefined ? 'is no public key in the form of RFC 7517' : weaknessOf(key, options);
}

export interface ReadKeys {
  keys: LocalJWKSet;
  weaknesses: string[];
}

/** A key that proves nothing is as good as none, also where it was registered before that was checked. */
export function strongKeys({ keys }: JSONWebKeySet, strength: KeyStrengthOptions): ReadKeys {
  const read = keys.map((key) => ({ key, weakness: jwkWeakness(key, strength) }));
  return {
    keys: createLocalJWKSet({
      keys: read.flatMap(({ key, weakness }) => (weakness === undefined ? key : [])),
    }),
    weaknesses: read.flatMap(({ key, weakness }) =>
      weakness === undefined ? [] : `the key ${String(key.kid ?? 'without kid').slice(0, 64)} ${weakness}`,
    ),
  };
}

function readPublicKey(jwk: object): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}
