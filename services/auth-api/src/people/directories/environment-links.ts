/** Keeps one link to the Configuration Servers of each environment in use and follows changes of the environment. */

import { createBackendPool } from '@gatehouse/config-server-client/pool';
import {
  type ContactCenterView,
  type EnvironmentView,
  isOwnDirectory,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import {
  type CallOptions,
  environmentTenantDbid,
  type PeopleDirectory,
  type PersonChange,
} from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectPlaceOf } from '../../registry/contact-centers/subjects.ts';
import type { IdentityPlace } from '../identity/identity.ts';
import { type Members, membersOf, type SharedPeople, sharedPeopleOf } from './members.ts';
import { createMembershipRules } from './membership.ts';
import { SignInError } from './sign-in-error.ts';
import { createTenantNumbers } from './tenant-numbers.ts';

/** The environment behind a contact centre, as far as its people are. */
export interface EnvironmentLink extends Members {
  place: IdentityPlace;
  /** Only persons of this tenant belong to the contact centre. Undefined: persons of every tenant do. */
  tenantDbid: number | undefined;
  /** A people store: a program with a SCIM key writes people and groups. */
  isProvisioned: boolean;
}

/** Numbers of people, which concern every contact centre of an environment, and nothing else of these people. */
export type PersonSource = Pick<PeopleDirectory, 'readPersonDbids'>;

/** For checks of an environment. */
export type ExaminedBackend = Pick<
  PeopleDirectory,
  'state' | 'readTenants' | 'readApplications' | 'readPersonDbids' | 'readAccessGroups' | 'readRoles'
>;

export interface EnvironmentLinksOptions {
  contactCenters: Pick<ContactCenterService, 'environment'>;
  connect(environment: EnvironmentView): PeopleDirectory;
  onPersonChange(environmentId: string, backend: PersonSource, change: PersonChange): void;
  redis: RedisClient;
  keyspace: Keyspace;
  log: Logger;
  now: Clock;
}

export type EnvironmentLinks = ReturnType<typeof createEnvironmentLinks>;

export function createEnvironmentLinks(options: EnvironmentLinksOptions) {
  const { contactCenters, connect, onPersonChange, redis, keyspace, log, now } = options;
  const pool = createBackendPool<EnvironmentView>({ create: connect });
  const tenantNumber = createTenantNumbers(now);
  const takesInBy = createMembershipRules(now, tenantNumber);
  /** Lists the environments in use, so that a new process listens to their person changes at once. */
  const inUseKey = keyspace.name('environments-in-use');
  /** The insertion order is the order of use: the last entry was used last. */
  const inUse = new Map<string, { environment: EnvironmentView; backend: PeopleDirectory }>();

  function use(environment: EnvironmentView, backend: PeopleDirectory): PeopleDirectory {
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

  /** Undefined: the tenant restricts nobody. */
  const tenantOf = async (
    environment: EnvironmentView,
    backend: PeopleDirectory,
    options: CallOptions,
  ): Promise<number | undefined> => {
    const { id, tenant } = environment;
    if (tenant === '') return undefined;
    const dbid = await tenantNumber(environment, backend, tenant, options);
    if (dbid === undefined) {
      throw new SignInError('try_again', {
        detail: `environment ${id}: the Configuration Server has no tenant named ${JSON.stringify(tenant)}: correct tenant of the environment (gatehouse env update ${id} --tenant NAME)`,
      });
    }
    // The ENVIRONMENT tenant holds all other tenants.
    return dbid === environmentTenantDbid ? undefined : dbid;
  };

  return {
    /** @throws SignInError `try_again` when the environment cannot be used */
    async open(contactCenter: ContactCenterView, signal?: AbortSignal): Promise<EnvironmentLink> {
      const { id, environmentId, domains, membership } = contactCenter;
      const environment = await contactCenters.environment(environmentId);
      if (environment === undefined) {
        throw new SignInError('try_again', {
          detail: `contact centre ${id} names environment ${environmentId}, which does not exist`,
        });
      }
      const backend = use(environment, pool.get(environment));
      const tenantDbid = await tenantOf(environment, backend, definedOnly({ signal }));
      const takesIn = takesInBy({ environment, backend }, membership);
      return {
        ...membersOf({ backend, tenantDbid, takesIn }),
        place: { ...subjectPlaceOf(contactCenter), domain: domains[0] ?? id },
        tenantDbid,
        isProvisioned: isOwnDirectory(environment.directory),
      };
    },
    /** For questions about people of several contact centres at once. @throws SignInError `try_again` when the environment cannot be used */
    async openShared(
      environment: EnvironmentView,
      sharing: readonly Pick<ContactCenterView, 'membership'>[],
      options: CallOptions,
    ): Promise<SharedPeople> {
      const backend = use(environment, pool.get(environment));
      const tenantDbid = await tenantOf(environment, backend, options);
      const rules = sharing.map(({ membership }) => takesInBy({ environment, backend }, membership));
      return sharedPeopleOf({ backend, tenantDbid, rules });
    },
    /** The most recently used link; undefined before the first login. */
    anyInUse: (): Pick<PeopleDirectory, 'authenticate'> | undefined => [...inUse.values()].at(-1)?.backend,
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
    inUse: (): { environment: EnvironmentView; backend: ExaminedBackend }[] => [...inUse.values()],
    states: () => pool.states(),
    close: () => pool.closeAll(),
  };
}
