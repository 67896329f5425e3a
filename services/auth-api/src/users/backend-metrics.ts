/** What the Configuration Server links tell the metrics; names as operators' alert rules know them. */
import type { DiscoveryMetrics } from '@gatehouse/config-server-client/discovery/known-endpoints';
import type { ConnectionMetrics } from '@gatehouse/config-server-client/metrics';
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';

/** One set of series for all environments; each environment's link gets its own callbacks. */
export function createBackendMetrics(metrics: Metrics): (environmentId: string) => ConnectionMetrics {
  const commandTimeouts = metrics.counter(
    'auth_cs_command_timeouts_total',
    'Requests to a Configuration Server that got no answer in time.',
    ['environment'],
  );
  const connectionTimeouts = metrics.counter(
    'auth_cs_connection_timeouts_total',
    'Connection attempts to a Configuration Server that took too long.',
    ['environment'],
  );
  const connectionErrors = metrics.counter(
    'psdk_conn_error_total',
    'Failed connection attempts and lost connections to Configuration Servers.',
  );
  const calls = metrics.histogram(
    'gatehouse_config_server_call_duration_seconds',
    'Time of requests to Configuration Servers by outcome, over all environments.',
    ['call', 'outcome'],
  );
  const isOpen = metrics.gauge(
    'gatehouse_config_server_open',
    '1 while the link to the Configuration Server of the environment is open.',
    ['environment'],
  );
  const roundTrip = metrics.gauge(
    'gatehouse_config_server_keep_alive_seconds',
    'Last round trip of the keep-alive.',
    ['environment'],
  );
  const waiting = metrics.gauge(
    'gatehouse_config_server_waiting_requests',
    'Requests that wait for a connection or for room on it.',
    ['environment'],
  );

  return (environment) => ({
    callSettled: (call, outcome, durationMs) => {
      calls.observe({ call, outcome }, durationMs / 1000);
      if (outcome === 'RequestTimeout') commandTimeouts.inc({ environment });
    },
    stateChanged: (state) => isOpen.set({ environment }, state === 'open' ? 1 : 0),
    connectionFailed: (_endpoint, code) => {
      connectionErrors.inc();
      if (code === 'ConnectTimeout' || code === 'RegisterTimeout') connectionTimeouts.inc({ environment });
    },
    keepAliveRoundTrip: (roundTripMs) => roundTrip.set({ environment }, roundTripMs / 1000),
    queueDepth: (count) => waiting.set({ environment }, count),
  });
}

/** The same for the registries (Consul, DNS) that say where the servers of an environment are. */
export function createDiscoveryMetrics(metrics: Metrics): (environmentId: string) => DiscoveryMetrics {
  const failures = metrics.counter(
    'gatehouse_config_server_discovery_failures_total',
    'Questions to Consul or DNS for Configuration Servers without a usable answer, by reason.',
    ['environment', 'reason'],
  );
  const listed = metrics.gauge(
    'gatehouse_config_server_discovered',
    'Configuration Servers that Consul or DNS listed in its last answer.',
    ['environment'],
  );
  return (environment) => ({
    answered: (endpoints) => listed.set({ environment }, endpoints),
    failed: (reason) => failures.inc({ environment, reason }),
  });
}
