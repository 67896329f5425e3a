/** Reads the public keys of clients and other issuers: registered by value, or cached from a registered address. */

import type { HttpClient } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { KeyStrengthOptions } from '@gatehouse/service-kit/crypto';
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';
import { jwkWeakness } from './jwk-weakness.ts';

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

interface ReadKeys {
  keys: LocalJWKSet;
  weaknesses: string[];
}

export type KeySets = ReturnType<typeof createKeySets>;

/** The address of the keys cannot be read, and no copy may still be used. */
export class UnreadableKeySet extends Error {}

export interface KeySetsOptions {
  outbound: Pick<HttpClient, 'send'>;
  /** Clients whose RSA keys may have odd exponents below 65 537, as they were registered. */
  smallExponentClients?: readonly string[];
  now: Clock;
  /** How long a copy is used without reading again. */
  freshMs?: number;
  /** How long a copy is used while its address cannot be read. */
  staleMaxMs?: number;
  /** Minimum time between two reads of an address that fails, and between two reads for a missing key. */
  pauseMs?: number;
}

interface Remote {
  keys?: ReadKeys;
  readAtMs: number;
  askedAtMs: number;
  /** When it was last read again for a missing key. */
  renewedAtMs: number;
  reading?: Promise<ReadKeys> | undefined;
}

const maxAddresses = 1000;
const maxKeys = 100;
const mediaTypes = ['application/jwk-set+json', 'application/json'];

export function createKeySets(options: KeySetsOptions) {
  const {
    outbound,
    smallExponentClients = [],
    now,
    freshMs = 600_000,
    staleMaxMs = 86_400_000,
    pauseMs = 10_000,
  } = options;
  const byValue = new WeakMap<JSONWebKeySet, ReadKeys>();
  const byAddress = new LRUCache<string, Remote>({ max: maxAddresses });

  function local(jwks: JSONWebKeySet, strength: KeyStrengthOptions): ReadKeys {
    const known = byValue.get(jwks);
    if (known !== undefined) return known;
    const made = strongKeys(jwks, strength);
    byValue.set(jwks, made);
    return made;
  }

  function remoteAt(address: string, { keepsSmallExponents }: KeyStrengthOptions): Remote {
    const name = `${keepsSmallExponents} ${address}`;
    const known = byAddress.get(name);
    if (known !== undefined) return known;
    const never = Number.NEGATIVE_INFINITY;
    const made = { readAtMs: 0, askedAtMs: never, renewedAtMs: never };
    byAddress.set(name, made);
    return made;
  }

  /** One read at a time for each address. */
  function read(address: string, remote: Remote, strength: KeyStrengthOptions): Promise<ReadKeys> {
    if (remote.reading !== undefined) return remote.reading;
    remote.askedAtMs = now();
    const reading = fetchKeys(address, strength).then((keys) => {
      remote.keys = keys;
      remote.readAtMs = now();
      return keys;
    });
    remote.reading = reading;
    const done = () => {
      remote.reading = undefined;
    };
    reading.then(done, done);
    return reading;
  }

  async function fetchKeys(address: string, strength: KeyStrengthOptions): Promise<ReadKeys> {
    const { text } = await outbound.send({ url: address, accept: mediaTypes });
    return strongKeys(publicPart(JSON.parse(text)), strength);
  }

  async function current(address: string, strength: KeyStrengthOptions): Promise<ReadKeys> {
    const remote = remoteAt(address, strength);
    if (remote.keys !== undefined && now() - remote.readAtMs < freshMs) return remote.keys;
    let failure: unknown;
    if (remote.reading !== undefined || now() - remote.askedAtMs >= pauseMs) {
      try {
        return await read(address, remote, strength);
      } catch (error) {
        failure = error;
      }
    }
    if (remote.keys !== undefined && now() - remote.readAtMs < staleMaxMs) return remote.keys;
    throw new UnreadableKeySet('the key set cannot be read from its address', { cause: failure });
  }

  async function renewed(address: string, strength: KeyStrengthOptions): Promise<ReadKeys | undefined> {
    const remote = remoteAt(address, strength);
    // Limits reads that callers cause. The first missing key is looked for at once: the signer may just have changed keys.
    const isTooSoon = now() - remote.renewedAtMs < pauseMs;
    if (remote.reading === undefined && isTooSoon) return undefined;
    remote.renewedAtMs = now();
    return read(address, remote, strength).catch(() => undefined);
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
        current: async () => (await current(jwksUri, strength)).keys,
        renewed: async () => (await renewed(jwksUri, strength))?.keys,
        weaknesses: () => remoteAt(jwksUri, strength).keys?.weaknesses ?? [],
      };
    },
  };
}

/** A key that proves nothing is as good as none, also where it was registered before that was checked. */
function strongKeys({ keys }: JSONWebKeySet, strength: KeyStrengthOptions): ReadKeys {
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

/** Ignores secret and private keys: published ones prove nothing. */
function publicPart(value: unknown): JSONWebKeySet {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > maxKeys) throw new Error('the answer is no key set');
  const isPublic = (key: unknown) =>
    typeof key === 'object' && key !== null && 'kty' in key && !('d' in key) && !('k' in key);
  return { keys: keys.filter(isPublic) };
}
