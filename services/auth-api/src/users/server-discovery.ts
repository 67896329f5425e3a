/** Where the Configuration Servers of an environment are: its fixed list, a service in Consul, or a DNS SRV record. */
import type { ConsulAccess } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { consulEndpoints } from '@gatehouse/config-server-client/discovery/consul/consul-endpoints';
import { dnsSrvEndpoints } from '@gatehouse/config-server-client/discovery/dns-srv';
import {
  type Endpoint,
  type EndpointSource,
  withFixedList,
} from '@gatehouse/config-server-client/discovery/endpoint-source';
import type { DiscoveryMetrics } from '@gatehouse/config-server-client/discovery/known-endpoints';
import { createSharedSources } from '@gatehouse/config-server-client/discovery/shared-sources';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import type { Logger } from '@gatehouse/config-server-client/log';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';

export type RegistryNames = Pick<EnvironmentView, 'id' | 'consulService' | 'srvRecord'>;

export interface ServerDiscovery {
  /**
   * The source for one link, which closes it. `fixed`, best first, is used until the registry answers. Undefined when
   * nothing says where a server is.
   */
  find(environment: RegistryNames, fixed: readonly Endpoint[]): EndpointSource | undefined;
  /** Ends every watch. Call it after the links are closed. */
  close(): Promise<void>;
}

export interface ServerDiscoveryOptions {
  /** Undefined: this installation has no Consul. */
  consul: ConsulAccess | undefined;
  log: Logger;
  metrics(environmentId: string): DiscoveryMetrics;
}

export function createServerDiscovery({ consul, log, metrics }: ServerDiscoveryOptions): ServerDiscovery {
  // A link is replaced with each version of its environment; the watch goes on, and its list survives a dead registry.
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
    find({ id, consulService, srvRecord }, initial) {
      const shared = { initial, log, metrics: metrics(id) };
      // The watch may be that of a former version, whose list was corrected meanwhile.
      const own = (key: string, create: () => EndpointSource) =>
        withFixedList(sources.acquire(key, create), initial);
      if (consulService !== undefined && consul !== undefined) {
        return own(`consul ${id} ${consulService}`, () =>
          consulEndpoints({ ...consul, ...shared, service: consulService }),
        );
      }
      if (consulService !== undefined) warnOnce(id, consulService);
      if (srvRecord !== undefined) {
        return own(`srv ${id} ${srvRecord}`, () => dnsSrvEndpoints({ ...shared, name: srvRecord }));
      }
      return initial.length === 0 ? undefined : staticEndpoints(initial);
    },
    close: () => sources.closeAll(),
  };
}
