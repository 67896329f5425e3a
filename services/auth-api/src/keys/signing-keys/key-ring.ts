/** Keeps the signing keys in the memory of a replica. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type SigningAlgorithm, signingAlgorithms } from '@gatehouse/contracts/resources';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { JWK } from 'jose';
import { type KeyState, type StoredKey, signingKeyPlace } from './store.ts';

export interface SigningKey {
  kid: string;
  algorithm: SigningAlgorithm;
  state: KeyState;
  publicJwk: JWK;
  publicKey: KeyObject;
  activatedAtMs: number | undefined;
}

export type ActiveKey = SigningKey & { privateKey: KeyObject };

export interface SigningKeys {
  /** The published keys: those that sign, will sign, or have signed tokens that may still be valid. */
  readonly all: readonly SigningKey[];
  /** The key that signs. @throws Error if there is none, which cannot happen after the start */
  active(algorithm: SigningAlgorithm): ActiveKey;
  find(kid: string): SigningKey | undefined;
}

export interface KeyRing extends SigningKeys {
  /** @throws Error if a key cannot be decrypted: then the ring stays as it was */
  replace(stored: readonly StoredKey[]): void;
}

const states: readonly KeyState[] = ['active', 'next', 'retired'];

export function createKeyRing(box: SecretBox): KeyRing {
  let all: readonly SigningKey[] = [];
  let byKid = new Map<string, SigningKey>();
  let active = new Map<SigningAlgorithm, ActiveKey>();
  /** Keys parsed before, because parsing is slow. */
  let opened = new Map<string, SigningKey | ActiveKey>();

  function open(key: StoredKey): SigningKey | ActiveKey {
    const known = opened.get(cacheKeyOf(key));
    if (known !== undefined) return known;
    const { kid, algorithm, state, publicJwk, activatedAtMs } = key;
    const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
    const ring = { kid, algorithm, state, publicJwk, publicKey, activatedAtMs };
    // A key that does not sign is not decrypted, so that it cannot leak from memory.
    if (state !== 'active') return ring;
    const pkcs8 = box.open(key.privateKey ?? '', signingKeyPlace(kid));
    return { ...ring, privateKey: createPrivateKey(pkcs8) };
  }

  return {
    get all() {
      return all;
    },
    active(algorithm) {
      const key = active.get(algorithm);
      if (key === undefined) throw new Error(`there is no active ${algorithm} key`);
      return key;
    },
    find: (kid) => byKid.get(kid),
    replace(stored) {
      const keys = stored.map(open);
      opened = new Map(stored.map((key, index) => [cacheKeyOf(key), keys[index] as SigningKey]));
      all = keys.sort(
        (left, right) =>
          signingAlgorithms.indexOf(left.algorithm) - signingAlgorithms.indexOf(right.algorithm) ||
          states.indexOf(left.state) - states.indexOf(right.state),
      );
      byKid = new Map(keys.map((key) => [key.kid, key]));
      active = new Map(keys.filter(isActive).map((key) => [key.algorithm, key]));
    },
  };
}

function isActive(key: SigningKey | ActiveKey): key is ActiveKey {
  return key.state === 'active';
}

function cacheKeyOf({ kid, state }: StoredKey): string {
  return `${state} ${kid}`;
}
