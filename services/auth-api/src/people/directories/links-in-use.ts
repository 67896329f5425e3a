/** Keeps one link to the Configuration Servers of each environment in use and follows changes of the environment. */
import { createBackendPool } from '@gatehouse/config-server-client/pool';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import type { PeopleDirectory, PersonChange } from '@gatehouse/people-directory';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';

/** Numbers of people, which concern every contact centre of an environment, and nothing else of these people. */
export type PersonSource = Pick<PeopleDirectory, 'readPersonDbids'>;

/** For checks of an environment. */
export type ExaminedBackend = Pick<
  PeopleDirectory,
  'state' | 'readTenants' | 'readApplications' | 'readPersonDbids' | 'readAccessGroups' | 'readRoles'
>;

export interface LinksInUseOptions {
  contactCenters: Pick<ContactCenterService, 'environment'>;
  connect(environment: EnvironmentView): PeopleDirectory;
  onPersonChange(environmentId: string, backend: PersonSource, change: PersonChange): void;
  redis: RedisClient;
  keyspace: Keyspace;
  log: Logger;
}

export function createLinksInUse(options: LinksInUseOptions) {
  const { contactCenters, connect, onPersonChange, redis, keyspace, log } = options;
  const pool = createBackendPool<EnvironmentView>({ create: connect });
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

  return {
    get: (environment: EnvironmentView) => use(environment, pool.get(environment)),
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
    states: () =>
      pool.states().map((state) => ({
        ...state,
        environmentName: inUse.get(state.environmentId)?.environment.name || undefined,
      })),
    close: () => pool.closeAll(),
  };
}
