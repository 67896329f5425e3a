/** Keeps one bound connection to one of several LDAP servers open, by the rules of the warm standby. */
import type { StandbyOptions } from '@gatehouse/config-server-client/client-options';
import { type EndpointSource, endpointName } from '@gatehouse/config-server-client/discovery/endpoint-source';
import type { Logger } from '@gatehouse/config-server-client/log';
import type { ConnectionMetrics } from '@gatehouse/config-server-client/metrics';
import { EpochGuard } from '@gatehouse/config-server-client/standby/epoch-guard';
import { RefusedAccount } from '@gatehouse/config-server-client/standby/refused-account';
import { WarmStandby } from '@gatehouse/config-server-client/standby/warm-standby';
import type { LdapConnection } from './connection/connection.ts';
import { openAs } from './connection/open-connection.ts';
import type { Directory } from './directory.ts';

export interface StandbyDependencies {
  endpoints: EndpointSource;
  standby: StandbyOptions;
  random: () => number;
  log: Logger;
  metrics: ConnectionMetrics;
}

/** Starts at once. */
export function createStandby(
  { settings, clock, silenceMs }: Directory,
  { endpoints, standby: options, random, log, metrics }: StandbyDependencies,
): WarmStandby<LdapConnection> {
  const standby = new WarmStandby<LdapConnection>({
    endpoints,
    options,
    called: 'LDAP server',
    open: (endpoint, signal) =>
      openAs(settings, endpoint, { settings, timeoutMs: options.openTimeoutMs, silenceMs, clock }, signal),
    epochs: new EpochGuard(),
    account: new RefusedAccount(options, clock),
    clock,
    random,
    log,
    onOpened: ({ endpoint }) => metrics.connectionOpened?.(endpointName(endpoint)),
    onStateChanged: (state) => metrics.stateChanged?.(state),
    onWaitingChanged: (calls) => metrics.queueDepth?.(calls),
    onAttemptFailed: (endpoint, { code }) => metrics.connectionFailed?.(endpointName(endpoint), code),
  });
  standby.start();
  return standby;
}
