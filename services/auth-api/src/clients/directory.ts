/** Finds clients for the request paths: from memory, told of changes, served old while PostgreSQL is away. */

import { createRevalidatingCache, newOwnerState } from '@gatehouse/service-kit/cache/revalidating-cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Client } from './client.ts';
import { findClient, findClientsByResource, someClientHasOrigin } from './store.ts';

export interface ClientDirectory {
  /** @throws when PostgreSQL is away and no copy is young enough (503 through the error handlers). */
  find(clientId: string): Promise<Client | undefined>;
  /** The one client that registered the resource identifier; undefined when there is none or more than one. */
  findByResource(resource: string): Promise<Client | undefined>;
  /** Whether any client registered a page on this web origin. @throws when PostgreSQL is away and nobody knows */
  hasOrigin(origin: string): Promise<boolean>;
  /** Something about the client changed, here or on another replica. */
  drop(clientId: string): void;
  /** Changes may have been missed. */
  dropAll(): void;
}

export interface ClientDirectoryOptions {
  db: Queryable;
  now: Clock;
  /** The client of the installation's own services: known from configuration, in no database. */
  serviceClient: Client;
  staleMaxMs: number;
  /** `key`: a client id or an origin. */
  onStale(key: string, ageMs: number, error: unknown): void;
}

const times = { freshMs: 60_000, missingMs: 5_000, retryMs: 1_000 };
const maxEntries = 20_000;

export function createClientDirectory(options: ClientDirectoryOptions): ClientDirectory {
  const { db, now, serviceClient, staleMaxMs, onStale } = options;
  const kept = { ...times, staleMaxMs, maxEntries, now, owner: newOwnerState(), onStale };
  const cache = createRevalidatingCache<Client>({
    ...kept,
    async load(clientId) {
      const client = await findClient(db, clientId);
      return client === undefined
        ? { status: 'missing' }
        : { status: 'found', value: client, etag: undefined };
    },
    dropsOutdated: true,
  });
  // Any client may have brought an origin or taken it along. Outdated copies may serve on: whoever gets in by one has
  // yet to prove what the client's own copy says.
  const origins = createRevalidatingCache<{ isRegistered: true }>({
    ...kept,
    async load(origin) {
      // A registration may spell the port that the scheme implies.
      const spellings = [origin, `${origin}:${origin.startsWith('https:') ? 443 : 80}`];
      return (await someClientHasOrigin(db, spellings))
        ? { status: 'found', value: { isRegistered: true }, etag: undefined }
        : { status: 'missing' };
    },
  });

  async function find(clientId: string): Promise<Client | undefined> {
    if (clientId === serviceClient.clientId) return serviceClient;
    // No id of ours is longer or has other characters: such a text is no question for the database.
    return /^[\x21-\x7e]{1,128}$/.test(clientId) ? cache.get(clientId) : undefined;
  }

  return {
    find,
    async findByResource(resource) {
      const [clientId, another] = await findClientsByResource(db, resource);
      return clientId === undefined || another !== undefined ? undefined : find(clientId);
    },
    hasOrigin: async (origin) => (await origins.get(origin)) !== undefined,
    drop(clientId) {
      cache.invalidate((key) => key === clientId);
      origins.invalidateAll();
    },
    dropAll() {
      cache.invalidateAll();
      origins.invalidateAll();
    },
  };
}
