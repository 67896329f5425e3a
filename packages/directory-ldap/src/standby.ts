/** Keeps one bound connection to one of several LDAP servers open, by the rules of the warm standby. */
import type { StandbyOptions } from '@gatehouse/config-server-client/client';
import { type EndpointSource, endpointName } from '@gatehouse/config-server-client/discovery';
import { EpochGuard, RefusedAccount, WarmStandby } from '@gatehouse/config-server-client/standby';
import type { ConnectionMetrics, Logger } from '@gatehouse/config-server-client/surroundings';
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
