/** The origins that Environment API keeps: a copy that follows its changes, served old while it is down. */
import type { Fetched } from '@gatehouse/contracts/environment-api/client';
import type { CorsView } from '@gatehouse/contracts/environment-api/cors';
import { createRevalidatingCache } from '@gatehouse/service-kit/cache/revalidating-cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors/app-error';

export interface StoredOrigins {
  /** @throws when Environment API is down and no copy is young enough */
  has(origin: string): Promise<boolean>;
  /** They changed, or may have. */
  drop(): void;
}

export interface StoredOriginsOptions {
  read(etag: string | undefined): Promise<Fetched<CorsView>>;
  staleMaxMs: number;
  now: Clock;
  onStale(ageMs: number, error: unknown): void;
}

const allOfThem = 'all';

export function createStoredOrigins({ read, staleMaxMs, now, onStale }: StoredOriginsOptions): StoredOrigins {
  const cache = createRevalidatingCache<ReadonlySet<string>>({
    async load(_key, etag) {
      const fetched = await read(etag);
      // During an update it may be one that has no such list: that is not an empty list.
      if (fetched.outcome === 'unknown') throw unavailable('The list of origins at Environment API');
      if (fetched.outcome === 'unchanged') return { status: 'unchanged' };
      return { status: 'found', value: new Set(fetched.data.origins), etag: fetched.etag };
    },
    freshMs: 60_000,
    missingMs: 0,
    retryMs: 1_000,
    maxEntries: 1,
    staleMaxMs,
    now,
    onStale: (_key, ageMs, error) => onStale(ageMs, error),
  });
  return {
    has: async (origin) => (await cache.get(allOfThem))?.has(origin) ?? false,
    drop: () => cache.invalidateAll(),
  };
}
