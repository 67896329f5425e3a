/** Reads the public keys of clients and other issuers: registered by value, or cached from a registered address. */
import type { KeyStrengthOptions } from '@gatehouse/service-kit/crypto';
import type { JSONWebKeySet, LocalJWKSet } from 'jose';
import { type ReadKeys, strongKeys } from './jwk-weakness.ts';
import { createRemoteKeys, type RemoteKeysOptions } from './remote-keys.ts';

/** Where the keys of a party are; at most one of the two. */
export interface KeySource {
  jwks?: JSONWebKeySet;
  jwksUri?: string;
  /** Of whom the keys are, or whose issuer has them. */
  clientId?: string;
}

export interface KeySet {
  /** @throws UnreadableKeySet */
  current(): Promise<LocalJWKSet>;
  /** Reads the keys again because one was missing; undefined if that would be too soon or useless. */
  renewed(): Promise<LocalJWKSet | undefined>;
  /** Says in a sentence each why keys that were last read are not used. */
  weaknesses(): readonly string[];
}

export type KeySets = ReturnType<typeof createKeySets>;

export interface KeySetsOptions extends RemoteKeysOptions {
  /** Clients whose RSA keys may have odd exponents below 65 537, as they were registered. */
  smallExponentClients?: readonly string[];
}

export function createKeySets({ smallExponentClients = [], ...options }: KeySetsOptions) {
  const byValue = new WeakMap<JSONWebKeySet, ReadKeys>();
  const remote = createRemoteKeys(options);

  function local(jwks: JSONWebKeySet, strength: KeyStrengthOptions): ReadKeys {
    const known = byValue.get(jwks);
    if (known !== undefined) return known;
    const made = strongKeys(jwks, strength);
    byValue.set(jwks, made);
    return made;
  }

  const strengthOf = (clientId: string): KeyStrengthOptions => ({
    keepsSmallExponents: smallExponentClients.includes(clientId),
  });

  return {
    /** The demands on keys of a client, and of issuers that it has registered. */
    strengthOf,
    /** Undefined: no keys are registered. */
    of({ jwks, jwksUri, clientId = '' }: KeySource): KeySet | undefined {
      const strength = strengthOf(clientId);
      if (jwks !== undefined) {
        const read = local(jwks, strength);
        return {
          current: async () => read.keys,
          renewed: async () => undefined,
          weaknesses: () => read.weaknesses,
        };
      }
      if (jwksUri === undefined) return undefined;
      return {
        current: async () => (await remote.current(jwksUri, strength)).keys,
        renewed: async () => (await remote.renewed(jwksUri, strength))?.keys,
        weaknesses: () => remote.lastRead(jwksUri, strength)?.weaknesses ?? [],
      };
    },
  };
}
