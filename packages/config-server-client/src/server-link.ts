/** Warm standby over real connections: what the client's calls run on. */
import type { BackendState } from './backend.ts';
import type { PersonFeed } from './changes/person-feed.ts';
import type { StandbyOptions } from './client-options.ts';
import type { Clock } from './clock.ts';
import type { Channel } from './connection/channel.ts';
import type { Connection } from './connection/open-connection.ts';
import { type Endpoint, type EndpointSource, endpointName } from './discovery/endpoint-source.ts';
import { ConfigServerError } from './errors.ts';
import type { Logger } from './log.ts';
import type { ConnectionMetrics } from './metrics.ts';
import { CfgOperationalMode } from './model/enumerations.ts';
import type { EpochGuard } from './standby/epoch-guard.ts';
import type { RefusedAccount } from './standby/refused-account.ts';
import type { StandbyConnection } from './standby/standby-connection.ts';
import type { WaitLimits } from './standby/waiting-calls.ts';
import { WarmStandby } from './standby/warm-standby.ts';
import { isWritable } from './standby/writable-endpoints.ts';
import type { ConfMessage } from './wire/message.ts';

export interface ServerLinkOptions {
  endpoints: EndpointSource;
  open(endpoint: Endpoint, signal: AbortSignal): Promise<Connection>;
  standby: StandbyOptions;
  epochs: EpochGuard;
  account: RefusedAccount;
  clock: Clock;
  random: () => number;
  log: Logger;
  metrics: ConnectionMetrics;
  /** Gets every connection and its notifications. */
  feed?: PersonFeed;
  /** Whether this link's state is the client's state. */
  reportsState: boolean;
  /** A server that turns out to take no changes counts as one that cannot be used. */
  mustBeWritable: boolean;
}

export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #standby: WarmStandby<LinkConnection>;

  constructor(options: ServerLinkOptions) {
    const { metrics, feed, reportsState } = options;
    this.#options = options;
    this.#standby = new WarmStandby({
      endpoints: options.endpoints,
      open: (endpoint, signal) => this.#open(endpoint, signal),
      options: options.standby,
      epochs: options.epochs,
      account: options.account,
      clock: options.clock,
      random: options.random,
      log: options.log,
      onOpened: ({ connection }) => {
        metrics.connectionOpened?.(endpointName(connection.endpoint));
        feed?.attach(connection);
      },
      onStateChanged: (state) => {
        if (reportsState) metrics.stateChanged?.(state);
      },
      onWaitingChanged: (calls) => metrics.queueDepth?.(calls),
      onAttemptFailed: (endpoint, error) => metrics.connectionFailed?.(endpointName(endpoint), error.code),
    });
    this.#standby.start();
  }

  get state(): BackendState {
    return this.#standby.state;
  }

  get stateReason(): string | undefined {
    return this.#standby.stateReason;
  }

  get endpoint(): string | undefined {
    return this.currentChannel?.endpoint;
  }

  get currentChannel(): Channel | undefined {
    return this.current?.channel;
  }

  /** The open connection. */
  get current(): Connection | undefined {
    return this.#standby.current?.connection;
  }

  /** Whether the server in use is known to take no changes. */
  get isReadOnly(): boolean {
    return this.#standby.current?.isReadOnly ?? false;
  }

  /** The open connection, or the next one. Errors: NoEndpoint, QueueFull, Aborted, ClientClosed. */
  async connection(limits: WaitLimits): Promise<Connection> {
    const { connection } = await this.#standby.connection(limits);
    return connection;
  }

  leave(connection: Connection): void {
    const { current } = this.#standby;
    if (current?.connection === connection) this.#standby.leave(current);
  }

  close(): Promise<void> {
    return this.#standby.close();
  }

  async #open(endpoint: Endpoint, signal: AbortSignal): Promise<LinkConnection> {
    const connection = await this.#options.open(endpoint, signal);
    const link = new LinkConnection(connection);
    if (this.#options.mustBeWritable && link.isReadOnly) {
      const error = new ConfigServerError('ReadOnly', 'the server takes no changes', {
        endpoint: endpointName(endpoint),
      });
      link.close(error);
      throw error;
    }
    connection.channel.onNotification = (message, bytes) => this.#notified(link, message, bytes);
    connection.channel.onUnreadableNotification = (name) =>
      this.#options.feed?.receiveUnreadable(connection, name);
    return link;
  }

  #notified(link: LinkConnection, message: ConfMessage, bytes: number): void {
    switch (message.name) {
      case 'EventServerSwitchover':
        this.#options.log.info(
          { endpoint: link.connection.channel.endpoint },
          'the server announces a switchover',
        );
        this.#standby.leave(link);
        return;
      case 'EventOperationalModeChanged':
        link.operationalMode = message.body.operationalMode;
        return;
      default:
        this.#options.feed?.receive(link.connection, message, bytes);
    }
  }
}

/** A registered connection as the standby sees it. */
class LinkConnection implements StandbyConnection {
  readonly connection: Connection;
  operationalMode: number;

  constructor(connection: Connection) {
    this.connection = connection;
    this.operationalMode = connection.registered.operationalMode;
  }

  get endpoint(): Endpoint {
    return this.connection.endpoint;
  }

  get ended(): Promise<ConfigServerError> {
    return this.connection.channel.ended;
  }

  get serverEpoch(): number {
    return this.connection.registered.serverEpoch;
  }

  get isReadOnly(): boolean {
    const isProxy = this.connection.registered.serverRole === 'proxy';
    return isProxy || this.operationalMode === CfgOperationalMode.readOnly || !isWritable(this.endpoint);
  }

  drained(): Promise<void> {
    return this.connection.channel.drained();
  }

  close(error: ConfigServerError): void {
    this.connection.channel.close('normal', error);
  }
}
