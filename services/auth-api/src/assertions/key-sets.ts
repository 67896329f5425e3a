/** Public keys of clients and other issuers: registered by value, or read from a registered address and kept. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Outbound } from '@gatehouse/service-kit/outbound/outbound';
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';

/** Where somebody's keys are; at most one of the two. */
export interface KeySource {
  jwks?: JSONWebKeySet;
  jwksUri?: string;
}

export interface KeySet {
  /** @throws UnreadableKeySet */
  current(): Promise<LocalJWKSet>;
  /** Read again because a key was missing; undefined where that would be too soon or gains nothing. */
  renewed(): Promise<LocalJWKSet | undefined>;
}

export interface KeySets {
  /** Undefined: no keys are registered. */
  of(source: KeySource): KeySet | undefined;
}

/** The address of the keys gave none, and there is no copy that may still be used. */
export class UnreadableKeySet extends Error {}

export interface KeySetsOptions {
  outbound: Pick<Outbound, 'send'>;
  now: Clock;
  /** A copy is not asked about for so long. */
  freshMs?: number;
  /** Longest use of a copy while its address cannot be read. */
  staleMaxMs?: number;
  /** Shortest time between two questions to one address that cannot be read, and between two for a missing key. */
  pauseMs?: number;
}

interface Remote {
  keys?: LocalJWKSet;
  readAtMs: number;
  askedAtMs: number;
  /** When it was last asked again for a missing key. */
  renewedAtMs: number;
  reading?: Promise<LocalJWKSet> | undefined;
}

const maxAddresses = 1000;
const maxKeys = 100;
/** Keys so young are the present ones: whatever an answer names is none of them. */
const justReadMs = 1_000;
const mediaTypes = ['application/jwk-set+json', 'application/json'];

export function createKeySets(options: KeySetsOptions): KeySets {
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

  /** One question at a time for each address. */
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
    // Whatever callers present. The first missing key counts at once: the signer may have changed its keys a moment ago.
    const isTooSoon = now() - remote.readAtMs < justReadMs || now() - remote.renewedAtMs < pauseMs;
    if (remote.reading === undefined && isTooSoon) return undefined;
    remote.renewedAtMs = now();
    return read(address, remote).catch(() => undefined);
  }

  return {
    of({ jwks, jwksUri }) {
      if (jwks !== undefined) return { current: async () => local(jwks), renewed: async () => undefined };
      if (jwksUri === undefined) return undefined;
      return { current: () => current(jwksUri), renewed: () => renewed(jwksUri) };
    },
  };
}

/** Secret and private keys in a public place prove nothing: they are as if they were not there. */
function publicPart(value: unknown): JSONWebKeySet {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > maxKeys) throw new Error('the answer is no key set');
  const isPublic = (key: unknown) =>
    typeof key === 'object' && key !== null && 'kty' in key && !('d' in key) && !('k' in key);
  return { keys: keys.filter(isPublic) };
}
