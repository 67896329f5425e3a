/** Reads key sets from the addresses of their owners, and keeps a copy of each. */
import type { HttpClient } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { KeyStrengthOptions } from '@gatehouse/service-kit/crypto';
import type { JSONWebKeySet } from 'jose';
import { LRUCache } from 'lru-cache';
import { type ReadKeys, strongKeys } from './jwk-weakness.ts';

/** The address of the keys cannot be read, and no copy may still be used. */
export class UnreadableKeySet extends Error {}

export interface RemoteKeysOptions {
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

export function createRemoteKeys(options: RemoteKeysOptions) {
  const { outbound, now, freshMs = 600_000, staleMaxMs = 86_400_000, pauseMs = 10_000 } = options;
  const byAddress = new LRUCache<string, Remote>({ max: maxAddresses });

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

  return {
    /** @throws UnreadableKeySet */
    async current(address: string, strength: KeyStrengthOptions): Promise<ReadKeys> {
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
    },

    /** Reads again for a missing key; undefined if that would be too soon. */
    async renewed(address: string, strength: KeyStrengthOptions): Promise<ReadKeys | undefined> {
      const remote = remoteAt(address, strength);
      // Limits reads that callers cause. The first missing key is looked for at once: the signer may just have changed keys.
      const isTooSoon = now() - remote.renewedAtMs < pauseMs;
      if (remote.reading === undefined && isTooSoon) return undefined;
      remote.renewedAtMs = now();
      return read(address, remote, strength).catch(() => undefined);
    },

    /** Undefined: nothing was read yet. */
    lastRead: (address: string, strength: KeyStrengthOptions): ReadKeys | undefined =>
      remoteAt(address, strength).keys,
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
