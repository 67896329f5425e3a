/** Reads the public keys of clients and other issuers: registered by value, or cached from a registered address. */

import type { HttpClient } from '@gatehouse/api-client/http-client';
import type { Clock } from '@gatehouse/service-kit/clock';
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';

/** Where the keys of a party are; at most one of the two. */
export interface KeySource {
  jwks?: JSONWebKeySet;
  jwksUri?: string;
}

export interface KeySet {
  /** @throws UnreadableKeySet */
  current(): Promise<LocalJWKSet>;
  /** Reads the keys again because one was missing; undefined if that would be too soon or useless. */
  renewed(): Promise<LocalJWKSet | undefined>;
}

export type KeySets = ReturnType<typeof createKeySets>;

/** The address of the keys cannot be read, and no copy may still be used. */
export class UnreadableKeySet extends Error {}

export interface KeySetsOptions {
  outbound: Pick<HttpClient, 'send'>;
  now: Clock;
  /** How long a copy is used without reading again. */
  freshMs?: number;
  /** How long a copy is used while its address cannot be read. */
  staleMaxMs?: number;
  /** Minimum time between two reads of an address that fails, and between two reads for a missing key. */
  pauseMs?: number;
}

interface Remote {
  keys?: LocalJWKSet;
  readAtMs: number;
  askedAtMs: number;
  /** When it was last read again for a missing key. */
  renewedAtMs: number;
  reading?: Promise<LocalJWKSet> | undefined;
}

const maxAddresses = 1000;
const maxKeys = 100;
/** Keys this young are current: reading again would not find a missing one. */
const justReadMs = 1_000;
const mediaTypes = ['application/jwk-set+json', 'application/json'];

export function createKeySets(options: KeySetsOptions) {
  const { outbound, now, freshMs = 600_000, staleMaxMs = 86_400_000, pauseMs = 10_000 } = options;
  const byValue = new WeakMap<JSONWebKeySet, LocalJWKSet>();
  const byAddress = new LRUCache<string, Remote>({ max: maxAddresses });

  function local(jwks: JSONWebKeySet): LocalJWKSet {
    const known = byValue.get(jwks);
    if (known !== undefined) return known;
    const made = createLocalJWKSet(jwks);
    byValue.set(jwks, made);
    return made;
  }

  function remoteAt(address: string): Remote {
    const known = byAddress.get(address);
    if (known !== undefined) return known;
    const never = Number.NEGATIVE_INFINITY;
    const made = { readAtMs: 0, askedAtMs: never, renewedAtMs: never };
    byAddress.set(address, made);
    return made;
  }

  /** One read at a time for each address. */
  function read(address: string, remote: Remote): Promise<LocalJWKSet> {
    if (remote.reading !== undefined) return remote.reading;
    remote.askedAtMs = now();
    const reading = fetchKeys(address).then((keys) => {
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

  async function fetchKeys(address: string): Promise<LocalJWKSet> {
    const { text } = await outbound.send({ url: address, accept: mediaTypes });
    return createLocalJWKSet(publicPart(JSON.parse(text)));
  }

  async function current(address: string): Promise<LocalJWKSet> {
    const remote = remoteAt(address);
    if (remote.keys !== undefined && now() - remote.readAtMs < freshMs) return remote.keys;
    let failure: unknown;
    if (remote.reading !== undefined || now() - remote.askedAtMs >= pauseMs) {
      try {
        return await read(address, remote);
      } catch (error) {
        failure = error;
      }
    }
    if (remote.keys !== undefined && now() - remote.readAtMs < staleMaxMs) return remote.keys;
    throw new UnreadableKeySet('the key set cannot be read from its address', { cause: failure });
  }

  async function renewed(address: string): Promise<LocalJWKSet | undefined> {
    const remote = remoteAt(address);
    // Limits reads that callers cause. The first missing key is looked for at once: the signer may just have changed keys.
    const isTooSoon = now() - remote.readAtMs < justReadMs || now() - remote.renewedAtMs < pauseMs;
    if (remote.reading === undefined && isTooSoon) return undefined;
    remote.renewedAtMs = now();
    return read(address, remote).catch(() => undefined);
  }

  return {
    /** Undefined: no keys are registered. */
    of({ jwks, jwksUri }: KeySource): KeySet | undefined {
      if (jwks !== undefined) return { current: async () => local(jwks), renewed: async () => undefined };
      if (jwksUri === undefined) return undefined;
      return { current: () => current(jwksUri), renewed: () => renewed(jwksUri) };
    },
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
