/** Finds the contact centre of a login and its environment, from copies that follow the Environment API. */
import type { EnvironmentChange } from '@gatehouse/contracts/environment-api/changes';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import {
  createRevalidatingCache,
  type Loaded,
  newOwnerState,
  type OwnerState,
} from '@gatehouse/service-kit/cache/revalidating-cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { canonicalTenant } from './fold-name.ts';

/** The questions to the Environment API; each may carry the etag of the copy we have. */
export interface EnvironmentSource {
  contactCenterByDomain(domain: string, etag?: string): Promise<Loaded<ContactCenterView>>;
  contactCenter(id: string, etag?: string): Promise<Loaded<ContactCenterView>>;
  environment(id: string, etag?: string): Promise<Loaded<EnvironmentView>>;
}

export interface ContactCenterOptions {
  source: EnvironmentSource;
  /** Domain that is meant when a user names no tenant: for installations with one contact centre. */
  defaultDomain?: string | undefined;
  freshMs?: number;
  /** Longest age of a copy that is served while the Environment API is down. */
  staleMaxSeconds: number;
  missingMs?: number;
  retryMs?: number;
  maxEntries?: number;
  now: Clock;
  onStale?(what: string, key: string, ageMs: number, error: unknown): void;
}

export interface ContactCenterService {
  /** The active contact centre of a tenant as typed; undefined when there is none. Rejects when nobody can tell. */
  resolve(tenant: string | undefined): Promise<ContactCenterView | undefined>;
  /** The active contact centre with this id. */
  get(id: string): Promise<ContactCenterView | undefined>;
  environment(id: string): Promise<EnvironmentView | undefined>;
  /** Follows a change of the Environment API's data. */
  applyChange(change: {
    /** One of EnvironmentChange's; a later version may know more of them. */
    entity: EnvironmentChange['entity'] | (string & {});
    id: string;
    contactCenterId?: string | undefined;
  }): void;
  /** Changes may have been missed: everything is asked for again. */
  applyGap(): void;
}

const longestDomain = 255;

export function createContactCenters(options: ContactCenterOptions): ContactCenterService {
  const { source, defaultDomain } = options;
  const owner = newOwnerState();
  const byDomain = cacheOf('domain', options, owner, (key, etag) => source.contactCenterByDomain(key, etag));
  const byId = cacheOf('contact-center', options, owner, (key, etag) => source.contactCenter(key, etag));
  const environments = cacheOf('environment', options, owner, (key, etag) => source.environment(key, etag));

  return {
    async resolve(tenant) {
      const domain = canonicalTenant(tenant ?? defaultDomain ?? '');
      if (domain === '' || domain.length > longestDomain) return undefined;
      return activeOnly(await byDomain.get(domain));
    },
    async get(id) {
      return activeOnly(await byId.get(id));
    },
    environment: (id) => environments.get(id),
    applyChange(change) {
      if (change.entity === 'environment') {
        environments.invalidate((key) => key === change.id);
        return;
      }
      // A setting may be a global one, and a new domain may just have been taken from somebody else.
      const contactCenterId = change.entity === 'contact-center' ? change.id : change.contactCenterId;
      const isAffected = (_key: string, view: ContactCenterView) =>
        contactCenterId === undefined || view.id === contactCenterId;
      byDomain.invalidate(isAffected);
      byId.invalidate(isAffected);
      if (change.entity === 'location') environments.invalidateAll();
    },
    applyGap() {
      byDomain.invalidateAll();
      byId.invalidateAll();
      environments.invalidateAll();
    },
  };
}

function cacheOf<T extends object>(
  what: string,
  options: ContactCenterOptions,
  owner: OwnerState,
  load: (key: string, etag: string | undefined) => Promise<Loaded<T>>,
) {
  return createRevalidatingCache<T>({
    load,
    freshMs: options.freshMs ?? 60_000,
    staleMaxMs: options.staleMaxSeconds * 1000,
    missingMs: options.missingMs ?? 5_000,
    retryMs: options.retryMs ?? 1_000,
    maxEntries: options.maxEntries ?? 10_000,
    now: options.now,
    owner,
    onStale: (key, ageMs, error) => options.onStale?.(what, key, ageMs, error),
  });
}

function activeOnly(view: ContactCenterView | undefined): ContactCenterView | undefined {
  return view?.status === 'active' ? view : undefined;
}
