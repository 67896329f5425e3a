/** Finds the contact centre of a login and its environment in cached copies that follow the Environment API. */

import type { EnvironmentApiClient, Fetched } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import {
  type ContactCenterView,
  type EnvironmentChange,
  type EnvironmentContactCenters,
  type EnvironmentView,
  environmentEnds,
} from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { z } from 'zod';
import { createRevalidatingCache, type Loaded, type OwnerState } from '../../core/revalidating-cache.ts';
import { canonicalTenant } from './fold-name.ts';

/** Reads from the Environment API; `etag` is that of the cached copy. */
export interface EnvironmentSource {
  contactCenterByDomain(domain: string, etag?: string): Promise<Loaded<ContactCenterView>>;
  contactCenter(id: string, etag?: string): Promise<Loaded<ContactCenterView>>;
  environment(id: string, etag?: string): Promise<Loaded<EnvironmentView>>;
  contactCentersOf(environmentId: string, etag?: string): Promise<Loaded<EnvironmentContactCenters>>;
}

/** How copies of the data of Environment API are kept. */
export interface CopySettings {
  /** Maximum age of a copy that is used while Environment API does not answer. */
  staleMaxSeconds: number;
  /** Of all caches: while Environment API hangs, one of them finds that out and the others need not wait. */
  owner: OwnerState;
}

export interface ContactCenterOptions {
  source: EnvironmentSource;
  /** Domain of a user who names no tenant, for installations with one contact centre. */
  defaultDomain?: string | undefined;
  freshMs?: number;
  copies: CopySettings;
  missingMs?: number;
  retryMs?: number;
  maxEntries?: number;
  now: Clock;
  log: Logger;
}

const maxDomainLength = 255;

export interface SeenChange {
  /** One of EnvironmentChange's; a later version of the Environment API may send others. */
  entity: EnvironmentChange['entity'] | (string & {});
  id: string;
  contactCenterId?: string | undefined;
}

/** Whether something ended by it that a copy must not bring back. */
export function isEnd({ entity }: Pick<SeenChange, 'entity'>): boolean {
  return (environmentEnds as readonly string[]).includes(entity);
}

export type ContactCenterService = ReturnType<typeof createContactCenters>;

export function createContactCenters(options: ContactCenterOptions) {
  const { source, defaultDomain } = options;
  const byDomain = cacheOf('domain', options, (key, etag) => source.contactCenterByDomain(key, etag));
  const byId = cacheOf('contact-center', options, (key, etag) => source.contactCenter(key, etag));
  const environments = cacheOf('environment', options, (key, etag) => source.environment(key, etag));

  const byEnvironment = cacheOf('contact-centers-of-environment', options, (key, etag) =>
    source.contactCentersOf(key, etag),
  );

  const domainOf = (tenant: string | undefined) => canonicalTenant(tenant ?? defaultDomain ?? '');

  return {
    /** The domain that a typed tenant names, folded; the empty text when it names none. */
    domainOf,
    /** The active contact centre of a typed tenant; undefined when there is none. Rejects when it cannot be read. */
    async resolve(tenant: string | undefined): Promise<ContactCenterView | undefined> {
      const domain = domainOf(tenant);
      if (domain === '' || domain.length > maxDomainLength) return undefined;
      return activeOnly(await byDomain.get(domain));
    },
    /** The active contact centre with this id. */
    async get(id: string): Promise<ContactCenterView | undefined> {
      return activeOnly(await byId.get(id));
    },
    /** The contact centre with this id or domain, or the default one; also a disabled one: for administrators. */
    async find(name = defaultDomain ?? ''): Promise<ContactCenterView | undefined> {
      if (z.guid().safeParse(name).success) return byId.get(name.toLowerCase());
      const domain = canonicalTenant(name);
      return domain === '' || domain.length > maxDomainLength ? undefined : byDomain.get(domain);
    },
    environment: (id: string) => environments.get(id),
    /** Those of an environment, also disabled ones. Rejects when they cannot be read. */
    async ofEnvironment(id: string): Promise<EnvironmentContactCenters> {
      // The release before does not tell, and knows no contact centre whose people have subjects of their own.
      return (await byEnvironment.get(id)) ?? [];
    },
    /** Drops the copies that a change of the Environment API's data makes outdated. */
    applyChange(change: SeenChange): void {
      if (change.entity === 'contact-center' || isEnd(change)) byEnvironment.invalidateAll();
      if (change.entity === 'environment') {
        environments.invalidate((key) => key === change.id);
        return;
      }
      if (change.entity === 'environment-end') {
        environments.drop((key) => key === change.id);
        for (const cache of [byDomain, byId]) cache.drop((_key, view) => view.environmentId === change.id);
        return;
      }
      // A setting may be global, and a new domain may have belonged to another contact centre.
      const contactCenterId = change.entity === 'contact-center' ? change.id : change.contactCenterId;
      const isAffected = (_key: string, view: ContactCenterView) =>
        contactCenterId === undefined || view.id === contactCenterId;
      // A copy from before an end must not be used again, not even while Environment API is down.
      for (const cache of [byDomain, byId]) (isEnd(change) ? cache.drop : cache.invalidate)(isAffected);
      if (change.entity === 'location') environments.invalidateAll();
    },
    /** Drops every copy, because changes may have been missed. */
    applyGap(): void {
      for (const cache of [byDomain, byId]) cache.drop(() => true);
      environments.invalidateAll();
      byEnvironment.invalidateAll();
    },
  };
}

function cacheOf<T extends object>(
  what: string,
  options: ContactCenterOptions,
  load: (key: string, etag: string | undefined) => Promise<Loaded<T>>,
) {
  return createRevalidatingCache<T>({
    load,
    freshMs: options.freshMs ?? 60_000,
    staleMaxMs: options.copies.staleMaxSeconds * 1000,
    missingMs: options.missingMs ?? 5_000,
    retryMs: options.retryMs ?? 1_000,
    maxEntries: options.maxEntries ?? 10_000,
    now: options.now,
    owner: options.copies.owner,
    onStale: (key, ageMs, error) =>
      options.log.warn(
        { err: error, what, key, ageMs },
        'Environment API cannot answer: a cached copy is used',
      ),
  });
}

function activeOnly(view: ContactCenterView | undefined): ContactCenterView | undefined {
  return view?.status === 'active' ? view : undefined;
}

/** Reads what applies at this installation's location. */
export function environmentApiSource(client: EnvironmentApiClient, location: string): EnvironmentSource {
  return {
    contactCenterByDomain: (domain, etag) =>
      readAnswer(client.contactCenterByDomain(domain, location, { etag })),
    contactCenter: (id, etag) => readAnswer(client.contactCenterById(id, location, { etag })),
    environment: (id, etag) => readAnswer(client.environmentById(id, { etag })),
    contactCentersOf: (id, etag) => readAnswer(client.contactCentersOfEnvironment(id, { etag })),
  };
}

/** Reads one answer as the cache expects it. */
export async function readAnswer<T>(answer: Promise<Fetched<T>>): Promise<Loaded<T>> {
  try {
    const fetched = await answer;
    if (fetched.outcome === 'unknown') return { status: 'missing' };
    if (fetched.outcome === 'unchanged') return { status: 'unchanged' };
    return { status: 'found', value: fetched.data, etag: fetched.etag };
  } catch (error) {
    // A malformed name is the name of nothing; it must not count as an outage.
    if (error instanceof UpstreamError && error.status === 400) return { status: 'missing' };
    throw error;
  }
}
