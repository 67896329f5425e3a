/** Builds the connections of one client: the main link, and the write link that is opened when the main server is read-only. */

import { CfgAppType, ConfigServerError } from '@gatehouse/people-directory';
import type { PersonFeed } from '../changes/person-feed.ts';
import { type AddpOptions, type ConfigServerClientOptions, defaultStandby } from '../client-options.ts';
import type { Connection } from '../connection/connection.ts';
import { openConnection } from '../connection/open-connection.ts';
import { WorkBudget } from '../connection/work-budget.ts';
import {
  type Endpoint,
  type EndpointSource,
  endpointName,
  writableEndpoints,
} from '../discovery/endpoint-source.ts';
import { EpochGuard } from '../standby/epoch-guard.ts';
import { RefusedAccount } from '../standby/refused-account.ts';
import { accountWithChange } from '../standby/service-account.ts';
import { WarmStandby } from '../standby/warm-standby.ts';
import { systemClock } from '../surroundings/clock.ts';
import { silentLogger } from '../surroundings/log.ts';
import type { ConfMessage } from '../wire/message.ts';
import { ocpWire } from '../wire/ocp/ocp-wire.ts';
import { SummedLoad } from './summed-load.ts';
import { type ServerLink, WriteLink } from './write-link.ts';

/** `addp` is read at every new connection. */
export function createServerLinks(
  options: ConfigServerClientOptions,
  feed: PersonFeed,
  addp: () => AddpOptions,
) {
  const { clock = systemClock, log = silentLogger, metrics = {} } = options;
  const standby = { ...defaultStandby, ...options.standby };
  const load = new SummedLoad(metrics);
  const budget = new WorkBudget(clock);
  const withAccount = accountWithChange({ applicationType: CfgAppType.genericServer, ...options });
  const open = (endpoint: Endpoint, signal: AbortSignal) =>
    withAccount((account) =>
      openConnection(
        endpoint,
        {
          account,
          tls: options.tls,
          allowPlaintext: options.allowPlaintext ?? false,
          addp: addp(),
          wire: options.wire ?? ocpWire(),
          windowSize: options.windowSize ?? 64,
          openTimeoutMs: standby.openTimeoutMs,
          clock,
          log,
          metrics: load.part(),
          budget,
        },
        signal,
      ),
    );
  /** Both links share what they know of the servers and of the account. */
  const shared = {
    options: standby,
    epochs: new EpochGuard(),
    account: new RefusedAccount(standby, clock),
    clock,
    random: options.random ?? Math.random,
    log,
  };

  const createLink = (endpoints: EndpointSource, kind: 'main' | 'write'): ServerLink => {
    const isMain = kind === 'main';
    const linkMetrics = load.part();
    const link: ServerLink = new WarmStandby({
      ...shared,
      endpoints,
      open: async (endpoint, signal) => {
        const connection = await open(endpoint, signal);
        if (!isMain) refuseReadOnly(connection);
        const { channel } = connection;
        channel.onNotification = (message, bytes) => notified(connection, message, bytes);
        if (isMain) channel.onUnreadableNotification = (name) => feed.receiveUnreadable(connection, name);
        return connection;
      },
      onOpened: (connection) => {
        linkMetrics.connectionOpened?.(endpointName(connection.endpoint));
        if (isMain) feed.attach(connection);
      },
      onStateChanged: (state) => {
        if (isMain) linkMetrics.stateChanged?.(state);
      },
      onWaitingChanged: (calls) => linkMetrics.queueDepth?.(calls),
      onAttemptFailed: (endpoint, error) =>
        linkMetrics.connectionFailed?.(endpointName(endpoint), error.code),
    });
    const notified = (connection: Connection, message: ConfMessage, bytes: number) => {
      if (message.name === 'EventServerSwitchover') {
        if (link.current !== connection) return;
        log.info({ endpoint: connection.channel.endpoint }, 'the server announces a switchover');
        link.leave(connection);
      } else if (message.name === 'EventOperationalModeChanged') {
        connection.operationalMode = message.body.operationalMode;
      } else if (isMain) {
        feed.receive(connection, message, bytes);
      }
    };
    link.start();
    return link;
  };

  const { endpoints, writeEndpoints } = options;
  return {
    main: createLink(endpoints, 'main'),
    write: new WriteLink(() => createLink(writeEndpoints ?? writableEndpoints(endpoints), 'write'), clock),
  };
}

function refuseReadOnly(connection: Connection): void {
  if (!connection.isReadOnly) return;
  const error = new ConfigServerError('ReadOnly', 'the server takes no changes', {
    endpoint: endpointName(connection.endpoint),
  });
  connection.close(error);
  throw error;
}
