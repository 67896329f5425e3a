/** Counts what happens on the links to Configuration Servers, under the names that operators' alert rules use. */
import type { DiscoveryMetrics } from '@gatehouse/config-server-client/discovery';
import type { ConnectionMetrics } from '@gatehouse/config-server-client/surroundings';
import type { Metrics } from '@gatehouse/service-kit/observability';

/**
 * Gives each link its own callbacks. While an environment's link is replaced, two links live: gauges show the newer one,
 * counters count both.
 */
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

  const contexts = createContextMetrics(metrics);
  const newest = new Map<string, object>();

  return (environment) => {
    const link = {};
    const context = contexts();
    newest.set(environment, link);
    // A series from the start lets an alert rule see the first timeout as a rise.
    for (const counter of [commandTimeouts, connectionTimeouts]) counter.inc({ environment }, 0);
    for (const gauge of [isOpen, waiting]) gauge.set({ environment }, 0);
    const show = (gauge: typeof isOpen, value: number) => {
      if (newest.get(environment) === link) gauge.set({ environment }, value);
    };
    const forget = () => {
      if (newest.get(environment) !== link) return;
      newest.delete(environment);
      for (const gauge of [isOpen, roundTrip, waiting]) gauge.remove({ environment });
    };
    return {
      callSettled: (call, outcome, durationMs) => {
        calls.observe({ call, outcome }, durationMs / 1000);
        if (outcome === 'RequestTimeout') commandTimeouts.inc({ environment });
      },
      stateChanged: (state) => {
        context.isOpen(state === 'open');
        if (state === 'closed') forget();
        else show(isOpen, state === 'open' ? 1 : 0);
      },
      connectionFailed: (_endpoint, code) => {
        connectionErrors.inc();
        context.failed();
        if (code === 'ConnectTimeout' || code === 'RegisterTimeout') connectionTimeouts.inc({ environment });
      },
      keepAliveRoundTrip: (roundTripMs) => show(roundTrip, roundTripMs / 1000),
      queueDepth: (count) => show(waiting, count),
    };
  };
}

/** The classic names call the link to an environment's Configuration Server its context. */
function createContextMetrics(metrics: Metrics) {
  const active = metrics.gauge('gws_context_active', 'Environments whose link is open.');
  const opened = metrics.counter('gws_context_opened_total', 'Links to environments that were opened.');
  const closed = metrics.counter(
    'gws_context_closed_total',
    'Links to environments that were closed or lost.',
  );
  const errors = metrics.counter(
    'gws_context_error_total',
    'Failed attempts to open the link to an environment.',
  );
  return () => {
    let wasOpen = false;
    return {
      isOpen(open: boolean) {
        if (open === wasOpen) return;
        wasOpen = open;
        active.inc(open ? 1 : -1);
        (open ? opened : closed).inc();
      },
      failed: () => errors.inc(),
    };
  };
}

/** Counts the answers of the registries (Consul, DNS) that list the servers of an environment. */
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
