/** Keeps one link to the Configuration Servers of each environment in use and follows changes of the environment. */
import type { ConfigurationBackend, PersonChange } from '@gatehouse/config-server-client/backend';
import { findTenant } from '@gatehouse/config-server-client/login-needs';
import { environmentTenantDbid } from '@gatehouse/config-server-client/model/tenant';
import { createBackendPool } from '@gatehouse/config-server-client/pool';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';
import { LRUCache } from 'lru-cache';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { IdentityPlace } from './identity.ts';
import { SignInError } from './sign-in-error.ts';

/** The environment behind a contact centre. */
export interface EnvironmentLink {
  backend: ConfigurationBackend;
  place: IdentityPlace;
  /** Only persons of this tenant belong to the contact centre. Undefined: persons of every tenant do. */
  tenantDbid: number | undefined;
  /** A people store: a program with a SCIM key writes people and groups. */
  isProvisioned: boolean;
}

export interface EnvironmentLinksOptions {
  contactCenters: Pick<ContactCenterService, 'environment'>;
  connect(environment: EnvironmentView): ConfigurationBackend;
  onPersonChange(environmentId: string, backend: ConfigurationBackend, change: PersonChange): void;
  redis: RedisClient;
  keyspace: Keyspace;
  log: Logger;
  now: Clock;
}

export type EnvironmentLinks = ReturnType<typeof createEnvironmentLinks>;

export function createEnvironmentLinks(options: EnvironmentLinksOptions) {
  const { contactCenters, connect, onPersonChange, redis, keyspace, log, now } = options;
  const pool = createBackendPool<EnvironmentView>({ create: connect });
  const lookUpTenant = createTenantLookup(now);
  /** Lists the environments in use, so that a new process listens to their person changes at once. */
  const inUseKey = keyspace.name('environments-in-use');
  /** The insertion order is the order of use: the last entry was used last. */
  const inUse = new Map<string, { environment: EnvironmentView; backend: ConfigurationBackend }>();

  function use(environment: EnvironmentView, backend: ConfigurationBackend): ConfigurationBackend {
    const { id } = environment;
    if (!inUse.delete(id)) {
      backend.subscribePersons((change) => onPersonChange(id, backend, change));
      // No process may have listened to the changes before this moment.
      onPersonChange(id, backend, { kind: 'resync' });
      redis
        .sadd(inUseKey, id)
        .catch((error) => log.warn({ err: error }, 'an environment in use could not be noted in Redis'));
    }
    inUse.set(id, { environment, backend });
    return backend;
  }

  /** Opens or updates the link of an environment; closes it when the environment was deleted. */
  async function bringUpToDate(environmentId: string): Promise<void> {
    const environment = await contactCenters.environment(environmentId);
    if (environment !== undefined) {
      use(environment, pool.follow(environment));
      return;
    }
    inUse.delete(environmentId);
    await Promise.all([pool.remove(environmentId), redis.srem(inUseKey, environmentId)]);
  }

  return {
    /** @throws SignInError `try_again` when the environment cannot be used */
    async open(contactCenter: ContactCenterView, signal?: AbortSignal): Promise<EnvironmentLink> {
      const { id, environmentId, domains } = contactCenter;
      const environment = await contactCenters.environment(environmentId);
      if (environment === undefined) {
        throw new SignInError('try_again', {
          detail: `contact centre ${id} names environment ${environmentId}, which does not exist`,
        });
      }
      const backend = use(environment, pool.get(environment));
      return {
        backend,
        place: { contactCenterId: id, environmentId, domain: domains[0] ?? id },
        tenantDbid: await lookUpTenant(environment, backend, signal),
        isProvisioned: environment.directory === 'people',
      };
    },
    /** The most recently used link; undefined before the first login. */
    anyInUse: (): ConfigurationBackend | undefined => [...inUse.values()].at(-1)?.backend,
    /** Follows a change of an environment if its link is in use. */
    async follow(environmentId: string): Promise<void> {
      if (inUse.has(environmentId)) await bringUpToDate(environmentId);
    },
    /** Opens the links of the environments that any replica used; logs failures instead of throwing them. */
    async warmUp(): Promise<void> {
      const ids = await redis.smembers(inUseKey).catch(() => []);
      await Promise.all(
        ids.map((id) =>
          bringUpToDate(id).catch((error) => log.warn({ err: error }, 'an environment could not be opened')),
        ),
      );
    },
    /** The environments that this replica uses, with their links. */
    inUse: () => [...inUse.values()],
    states: () => pool.states(),
    close: () => pool.closeAll(),
  };
}

const tenantQuestionMs = 5_000;
const tenantFreshMs = 10 * 60_000;
/** Logins that fail for a missing tenant must not make the server list all its tenants each time. */
const tenantMissingMs = 5_000;
const maxKnownTenants = 1_000;

/** Finds the DBID of an environment's tenant at the Configuration Server. Undefined: the tenant restricts nobody. */
function createTenantLookup(now: Clock) {
  const known = new LRUCache<string, { dbid: number | undefined; readAtMs: number }>({
    max: maxKnownTenants,
  });

  return async (
    { id, version, tenant }: EnvironmentView,
    backend: ConfigurationBackend,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> => {
    if (tenant === '') return undefined;
    const key = `${id}/${version}/${tenant}`;
    let entry = known.get(key);
    const freshMs = entry?.dbid === undefined ? tenantMissingMs : tenantFreshMs;
    if (entry === undefined || now() - entry.readAtMs >= freshMs) {
      const found = await findTenant(backend, tenant, definedOnly({ signal, deadlineMs: tenantQuestionMs }));
      entry = { dbid: found?.DBID, readAtMs: now() };
      known.set(key, entry);
    }
    if (entry.dbid === undefined) {
      throw new SignInError('try_again', {
        detail: `environment ${id}: the Configuration Server has no tenant named ${JSON.stringify(tenant)}: correct tenant of the environment (gatehouse env update ${id} --tenant NAME)`,
      });
    }
    // The ENVIRONMENT tenant holds all other tenants.
    return entry.dbid === environmentTenantDbid ? undefined : entry.dbid;
  };
}
