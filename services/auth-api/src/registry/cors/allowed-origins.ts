/** Decides whose pages may call: our own, those of registered clients, and those of origins kept by Environment API. */
import type { Fetched } from '@gatehouse/api-client/environment-api';
import type { CorsView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { KnownOrigins } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import { createRevalidatingCache } from '../../core/revalidating-cache.ts';
import type { ClientDirectory } from '../clients/directory.ts';

export interface StoredOriginsOptions {
  read(etag: string | undefined): Promise<Fetched<CorsView>>;
  staleMaxSeconds: number;
  now: Clock;
  log: Logger;
}

export interface AllowedOriginsOptions {
  publicUrl: string;
  clients: Pick<ClientDirectory, 'hasOrigin' | 'ownsOrigin'>;
  stored: StoredOrigins;
}

export function createAllowedOrigins({ publicUrl, clients, stored }: AllowedOriginsOptions): KnownOrigins {
  const ownOrigin = new URL(publicUrl).origin;
  return {
    /** @throws AppError (503) when no source knows the origin and one of them is unavailable */
    async isRegistered(origin) {
      if (origin === ownOrigin) return true;
      // Clients come first, so that their pages do not depend on Environment API.
      return anyOf([() => clients.hasOrigin(origin), () => stored.has(origin)]);
    },
    isGlobal: async (origin) => origin === ownOrigin || stored.isGlobal(origin),
    async mayRead(origin, { clientId, contactCenterIds }) {
      if (origin === ownOrigin) return true;
      return anyOf([
        async () => clientId !== undefined && clients.ownsOrigin(clientId, origin),
        () => stored.isGlobal(origin),
        () => stored.belongsTo(origin, contactCenterIds),
      ]);
    },
  };
}

/** Rejects when none says yes and one of them cannot answer. */
async function anyOf(questions: readonly (() => Promise<boolean>)[]): Promise<boolean> {
  const failures: unknown[] = [];
  for (const ask of questions) {
    try {
      if (await ask()) return true;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return false;
}

interface StoredOwners {
  all: ReadonlySet<string>;
  global: ReadonlySet<string>;
  contactCenters: ReadonlyMap<string, ReadonlySet<string>>;
}

const nobodys: StoredOwners = { all: new Set(), global: new Set(), contactCenters: new Map() };

/** Environment API of the release before does not name their owners: until it is updated, all count as before. */
function ownersOf({ origins, global = origins, contactCenters = {} }: CorsView): StoredOwners {
  const sets = Object.entries(contactCenters).map(([id, own]) => [id, new Set(own)] as const);
  return { all: new Set(origins), global: new Set(global), contactCenters: new Map(sets) };
}

export type StoredOrigins = ReturnType<typeof createStoredOrigins>;

/** Caches the origins that Environment API keeps; serves an old copy while it is down. */
export function createStoredOrigins({ read: readView, staleMaxSeconds, now, log }: StoredOriginsOptions) {
  const cache = createRevalidatingCache<StoredOwners>({
    async load(_key, etag) {
      const fetched = await readView(etag);
      // An older version of Environment API has no such list; that is not an empty list.
      if (fetched.outcome === 'unknown') throw unavailable('The list of origins at Environment API');
      if (fetched.outcome === 'unchanged') return { status: 'unchanged' };
      return { status: 'found', value: ownersOf(fetched.data), etag: fetched.etag };
    },
    freshMs: 60_000,
    missingMs: 0,
    retryMs: 1_000,
    maxEntries: 1,
    staleMaxMs: staleMaxSeconds * 1000,
    now,
    onStale: (_key, ageMs, error) =>
      log.warn({ err: error, ageMs }, 'Environment API cannot answer: cached CORS origins are used'),
  });
  const onlyKey = 'all';
  const read = async () => (await cache.get(onlyKey)) ?? nobodys;
  return {
    /** @throws, like the others, AppError (503) when Environment API is down and no copy is young enough */
    has: async (origin: string) => (await read()).all.has(origin),
    isGlobal: async (origin: string) => (await read()).global.has(origin),
    async belongsTo(origin: string, contactCenterIds: readonly string[]) {
      const { contactCenters } = await read();
      return contactCenterIds.some((id) => contactCenters.get(id)?.has(origin));
    },
    /** Drops the copy when the origins changed or may have changed. */
    follower: {
      change: ({ entity }: { entity: string }) => entity === 'cors' && cache.invalidateAll(),
      gap: cache.invalidateAll,
    },
  };
}
