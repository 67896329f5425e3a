/** Decides whose pages may call: our own, those of registered clients, and those of origins kept by Environment API. */
import type { Fetched } from '@gatehouse/api-client/environment-api/client';
import type { CorsView } from '@gatehouse/contracts/environment-api/cors';
import { createRevalidatingCache } from '@gatehouse/service-kit/cache/revalidating-cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { ClientDirectory } from '../clients/directory.ts';

export interface StoredOriginsOptions {
  read(etag: string | undefined): Promise<Fetched<CorsView>>;
  staleMaxMs: number;
  now: Clock;
  onStale(ageMs: number, error: unknown): void;
}

export interface AllowedOriginsOptions {
  publicUrl: string;
  clients: Pick<ClientDirectory, 'hasOrigin'>;
  stored: StoredOrigins;
}

export function createAllowedOrigins({ publicUrl, clients, stored }: AllowedOriginsOptions) {
  const ownOrigin = new URL(publicUrl).origin;
  return {
    /** @throws AppError (503) when no source knows the origin and one of them is unavailable */
    async isAllowed(origin: string): Promise<boolean> {
      if (origin === ownOrigin) return true;
      // Clients come first, so that their pages do not depend on Environment API.
      const failures: unknown[] = [];
      for (const has of [clients.hasOrigin, stored.has]) {
        try {
          if (await has(origin)) return true;
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return false;
    },
  };
}

export type StoredOrigins = ReturnType<typeof createStoredOrigins>;

/** Caches the origins that Environment API keeps; serves an old copy while it is down. */
export function createStoredOrigins({ read, staleMaxMs, now, onStale }: StoredOriginsOptions) {
  const cache = createRevalidatingCache<ReadonlySet<string>>({
    async load(_key, etag) {
      const fetched = await read(etag);
      // An older version of Environment API has no such list; that is not an empty list.
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
  const onlyKey = 'all';
  return {
    /** @throws AppError (503) when Environment API is down and no copy is young enough */
    has: async (origin: string) => (await cache.get(onlyKey))?.has(origin) ?? false,
    /** Drops the copy, because the origins changed or may have changed. */
    drop: () => cache.invalidateAll(),
  };
}
