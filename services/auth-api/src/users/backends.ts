/** One link per environment that is in use; it follows the environment's configuration. */
import type { ConfigurationBackend, PersonChange } from '@gatehouse/config-server-client/backend';
import { createBackendPool } from '@gatehouse/config-server-client/pool';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';

export interface Backends {
  /** The link of an environment, in its latest version; calls in flight finish on the former one. */
  get(environment: EnvironmentView): ConfigurationBackend;
  /** The same for what was read because it changed; see BackendPool. */
  follow(environment: EnvironmentView): ConfigurationBackend;
  /** Any link in use, the most recently used first; undefined before the first login. */
  anyInUse(): ConfigurationBackend | undefined;
  isInUse(environmentId: string): boolean;
  remove(environmentId: string): Promise<void>;
  states(): { environmentId: string; state: ConfigurationBackend['state']; reason: string | undefined }[];
  close(): Promise<void>;
}

export interface BackendsOptions {
  connect(environment: EnvironmentView): ConfigurationBackend;
  onPersonChange(environmentId: string, backend: ConfigurationBackend, change: PersonChange): void;
  onFirstUse?(environmentId: string): void;
}

export function createBackends({ connect, onPersonChange, onFirstUse }: BackendsOptions): Backends {
  const pool = createBackendPool<EnvironmentView>({ create: connect });
  // Insertion order is order of use: the last one was used last.
  const inUse = new Map<string, ConfigurationBackend>();

  const use = ({ id }: EnvironmentView, backend: ConfigurationBackend) => {
    if (!inUse.delete(id)) {
      backend.subscribePersons((change) => onPersonChange(id, backend, change));
      // What changed before this process listened, it may be that nobody heard.
      onPersonChange(id, backend, { kind: 'resync' });
      onFirstUse?.(id);
    }
    inUse.set(id, backend);
    return backend;
  };

  return {
    get: (environment) => use(environment, pool.get(environment)),
    follow: (environment) => use(environment, pool.follow(environment)),
    anyInUse: () => [...inUse.values()].at(-1),
    isInUse: (environmentId) => inUse.has(environmentId),
    async remove(environmentId) {
      inUse.delete(environmentId);
      await pool.remove(environmentId);
    },
    states: () => pool.states(),
    close: () => pool.closeAll(),
  };
}
