/** Finds the Configuration Servers of an environment: in its fixed list, in Consul, or by a DNS SRV record. */
import { type ConsulAccess, consulEndpoints } from '@gatehouse/config-server-client/consul';
import {
  createSharedSources,
  type DiscoveryMetrics,
  dnsSrvEndpoints,
  type Endpoint,
  type EndpointSource,
  staticEndpoints,
  withFixedList,
} from '@gatehouse/config-server-client/discovery';
import type { Logger } from '@gatehouse/config-server-client/surroundings';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api';

export type RegistryNames = Pick<EnvironmentView, 'id' | 'consulService' | 'srvRecord'>;

export interface ServerDiscoveryOptions {
  /** Undefined: this installation has no Consul. */
  consul: ConsulAccess | undefined;
  log: Logger;
  metrics(environmentId: string): DiscoveryMetrics;
}

export type ServerDiscovery = ReturnType<typeof createServerDiscovery>;

export function createServerDiscovery({ consul, log, metrics }: ServerDiscoveryOptions) {
  // Each version of an environment gets a new link. The shared watch goes on, so its list survives a dead registry.
  const sources = createSharedSources();
  const warned = new Set<string>();

  function warnOnce(environmentId: string, service: string): void {
    const key = `${environmentId} ${service}`;
    if (warned.has(key)) return;
    warned.add(key);
    log.warn(
      { environmentId, consulService: service },
      'the environment names a service in Consul, but GATEHOUSE_CONSUL_URL is not set: its fixed list is used',
    );
  }

  return {
    /**
     * Gives the source for one link, which closes it. `fixed`, best first, is used until the registry answers. Undefined
     * when no server is named anywhere.
     */
    find(
      { id, consulService, srvRecord }: RegistryNames,
      fixed: readonly Endpoint[],
    ): EndpointSource | undefined {
      const shared = { initial: fixed, log, metrics: metrics(id) };
      // The watch may come from a former version of the environment, with another fixed list.
      const own = (key: string, create: () => EndpointSource) =>
        withFixedList(sources.acquire(key, create), fixed);
      if (consulService !== undefined && consul !== undefined) {
        return own(`consul ${id} ${consulService}`, () =>
          consulEndpoints({ ...consul, ...shared, service: consulService }),
        );
      }
      if (consulService !== undefined) warnOnce(id, consulService);
      if (srvRecord !== undefined) {
        return own(`srv ${id} ${srvRecord}`, () => dnsSrvEndpoints({ ...shared, name: srvRecord }));
      }
      return fixed.length === 0 ? undefined : staticEndpoints(fixed);
    },
    /** Ends every watch. Call it after the links are closed. */
    close: () => sources.closeAll(),
  };
}
