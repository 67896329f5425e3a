/** Finds clients in a cache that follows changes and serves older copies while PostgreSQL does not answer. */

import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { KnownDetailType } from '../../core/protocol/authorization-details.ts';
import { createRevalidatingCache, newOwnerState } from '../../core/revalidating-cache.ts';
import type { Client } from './client.ts';
import { isDocumentAddress } from './documents/document-address.ts';
import type { ClientDocuments } from './documents/documents.ts';
import { UnusableDocument } from './documents/read-document.ts';
import { findClient, findOwnersOfResource, listDetailTypes, someClientHasOrigin } from './store.ts';

export type ClientDirectory = ReturnType<typeof createClientDirectory>;

export interface ClientDirectoryOptions {
  db: Queryable;
  now: Clock;
  /** Clients of the installation itself. They come from configuration: a stored client of the same id never wins. */
  configured: readonly Client[];
  documents: Pick<ClientDocuments, 'find'>;
  staleMaxMs: number;
  log: Logger;
}

const times = { freshMs: 60_000, missingMs: 5_000, retryMs: 1_000 };
const maxEntries = 20_000;

export function createClientDirectory(options: ClientDirectoryOptions) {
  const { db, now, documents, staleMaxMs, log } = options;
  const onStale = (key: string, ageMs: number, error: unknown) =>
    log.warn({ err: error, key, ageMs }, 'a cached client or origin is used');
  const configured = new Map(options.configured.map((client) => [client.clientId, client]));
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
  // Any changed client may have added or removed an origin. Outdated answers may be used: an origin only admits a
  // request, which must still authenticate.
  const origins = createRevalidatingCache<{ isRegistered: true }>({
    ...kept,
    async load(origin) {
      // A registration may contain the default port.
      const spellings = [origin, `${origin}:${origin.startsWith('https:') ? 443 : 80}`];
      return (await someClientHasOrigin(db, spellings))
        ? { status: 'found', value: { isRegistered: true }, etag: undefined }
        : { status: 'missing' };
    },
  });

  const owners = createRevalidatingCache<ResourceOwner>({
    ...kept,
    load: (address) => loadOwner(db, address),
    dropsOutdated: true,
  });

  // Read only by requests with authorization details, so one list is enough.
  const detailTypes = createRevalidatingCache<ReadonlyMap<string, KnownDetailType>>({
    ...kept,
    maxEntries: 1,
    async load() {
      return { status: 'found', value: typesOf(await listDetailTypes(db)), etag: undefined };
    },
    dropsOutdated: true,
  });

  const derived = [origins, owners, detailTypes];

  /** Reads no document. @throws Error (503 through the error handlers) if PostgreSQL does not answer and no copy is young enough */
  async function findRegistered(clientId: string): Promise<Client | undefined> {
    const own = configured.get(clientId);
    if (own !== undefined) return own;
    return isClientId(clientId) && !isDocumentAddress(clientId) ? cache.get(clientId) : undefined;
  }

  /** `onUnusable` hears why a client is none that describes itself in a document. @throws Error as findRegistered; AppError (429) */
  function find(clientId: string, onUnusable?: (why: string) => never): Promise<Client | undefined> {
    return isClientId(clientId) && isDocumentAddress(clientId)
      ? findByDocument(clientId, onUnusable)
      : findRegistered(clientId);
  }

  async function findByDocument(clientId: string, onUnusable: ((why: string) => never) | undefined) {
    try {
      return await documents.find(clientId);
    } catch (error) {
      if (!(error instanceof UnusableDocument)) throw error;
      return onUnusable?.(error.message);
    }
  }

  return {
    find,
    findRegistered,

    /** The client that registered the address, and the address in its spelling; `shared`: several have. @throws Error as find */
    async findByResource(address: string): Promise<{ name: string; client: Client } | 'shared' | undefined> {
      const owned = await owners.get(address);
      if (owned === undefined || owned.isShared) return owned && 'shared';
      const client = await find(owned.clientId);
      return client && { name: owned.name, client };
    },

    /** Types of authorization details by their names. @throws Error as find */
    detailTypes: async () => (await detailTypes.get('all')) ?? new Map<string, KnownDetailType>(),

    /** Whether any client registered a page on this web origin. @throws Error as find */
    hasOrigin: async (origin: string): Promise<boolean> => (await origins.get(origin)) !== undefined,

    /** Whether this client registered a page on this web origin. @throws Error as find */
    async ownsOrigin(clientId: string, origin: string): Promise<boolean> {
      const client = await find(clientId);
      const addresses =
        client === undefined ? [] : [...client.redirectUris, ...client.postLogoutRedirectUris];
      return addresses.some((address) => URL.parse(address)?.origin === origin);
    },

    /** The client changed, here or on another replica. */
    drop(clientId: string): void {
      cache.invalidate((key) => key === clientId);
      for (const lists of derived) lists.invalidateAll();
    },

    /** Changes may have been missed. */
    dropAll(): void {
      for (const kind of [cache, ...derived]) kind.invalidateAll();
    },
  };
}

interface ResourceOwner {
  clientId: string;
  name: string;
  isShared: boolean;
}

async function loadOwner(db: Queryable, address: string) {
  const [owner, ...others] = await findOwnersOfResource(db, spellingsOf(address));
  if (owner === undefined) return { status: 'missing' } as const;
  const isShared = others.some(({ clientId }) => clientId !== owner.clientId);
  return { status: 'found', value: { ...owner, isShared }, etag: undefined } as const;
}

/** No client id is longer or has other characters. */
function isClientId(text: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(text);
}

/** Libraries send the address of a whole host with a slash at its end, and its host in small letters (RFC 3986 section 6.2). */
export function spellingsOf(address: string): string[] {
  const { href = address, pathname = '' } = URL.parse(address) ?? {};
  return [...new Set([address, href, pathname === '/' ? href.replace(/\/(?=$|\?)/, '') : href])];
}

/** A type that two resources registered at the same moment means nothing. */
function typesOf(resources: Awaited<ReturnType<typeof listDetailTypes>>): Map<string, KnownDetailType> {
  const all = resources.flatMap(({ detail_types: types, resources: locations }) =>
    types.map((type) => ({ ...type, locations })),
  );
  const byName = Map.groupBy(all, ({ type }) => type);
  return new Map([...byName].flatMap(([type, [only, other]]) => (only && !other ? [[type, only]] : [])));
}
