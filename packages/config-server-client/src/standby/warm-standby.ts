/**
 * Keeps one connection to one of several servers alive (docs/protocol.md, "Failover"): order of attempts, pauses, what
 * a lost connection means, and who has to wait or is refused meanwhile.
 */
import type { BackendState } from '../backend.ts';
import type { StandbyOptions } from '../client-options.ts';
import { type Clock, pause, type Timer } from '../clock.ts';
import { type Endpoint, type EndpointSource, endpointName } from '../discovery/endpoint-source.ts';
import { ConfigServerError, type ConfigServerErrorCode } from '../errors.ts';
import type { Logger } from '../log.ts';
import { RetrySchedule } from './retry-schedule.ts';
import { WaitingCalls, type WaitLimits } from './waiting-calls.ts';

/** What the state machine needs to know of a connection. */
export interface StandbyConnection {
  readonly endpoint: Endpoint;
  /** Resolves when the connection is of no more use. */
  readonly ended: Promise<ConfigServerError>;
  readonly serverEpoch: number;
  close(error: ConfigServerError): void;
  /** Resolves when nothing is in flight any more. */
  drained(): Promise<void>;
}

export interface WarmStandbyOptions<C extends StandbyConnection> {
  endpoints: EndpointSource;
  open(endpoint: Endpoint, signal: AbortSignal): Promise<C>;
  options: StandbyOptions;
  clock: Clock;
  random: () => number;
  log: Logger;
  onOpened?(connection: C): void;
  onStateChanged?(state: BackendState): void;
  onAttemptFailed?(endpoint: Endpoint, error: ConfigServerError): void;
}

const credentialErrors: ReadonlySet<ConfigServerErrorCode> = new Set<ConfigServerErrorCode>([
  'AuthenticationFailed',
  'AccountLocked',
  'AccountExpired',
  'PasswordExpired',
  'ChangePasswordRequired',
  'AccessDenied',
]);

type Round<C> = { opened: C } | { failed: 'all' | 'no-primary' | 'credentials' };

export class WarmStandby<C extends StandbyConnection> {
  readonly #deps: WarmStandbyOptions<C>;
  readonly #schedule: RetrySchedule;
  readonly #waiting: WaitingCalls<C>;
  readonly #closing = new AbortController();
  readonly #draining = new Set<C>();
  #connection: C | undefined;
  #state: BackendState = 'connecting';
  #reason: string | undefined = 'no connection was opened yet';
  #failFast: Timer | undefined;
  #wakeUp = new AbortController();
  #moveAway: (() => void) | undefined;
  #lastOpened: string | undefined;
  #avoid: string | undefined;
  #tried: ReadonlySet<string> = new Set();
  #isWakeUpDue = false;
  #highestEpoch = 0;
  #credentialTries = 0;
  #stopWatching: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: WarmStandbyOptions<C>) {
    this.#deps = deps;
    this.#schedule = new RetrySchedule(deps.options, deps.random);
    this.#waiting = new WaitingCalls(deps.clock, deps.options.maxQueueWhileDown);
  }

  start(): void {
    this.#startFailFast();
    this.#stopWatching = this.#deps.endpoints.subscribe((endpoints) => this.#listChanged(endpoints));
    this.#running = this.#run();
  }

  get state(): BackendState {
    return this.#state;
  }

  get stateReason(): string | undefined {
    return this.#state === 'open' ? undefined : this.#reason;
  }

  get current(): C | undefined {
    return this.#connection;
  }

  get waitingCalls(): number {
    return this.#waiting.size;
  }

  /** The open connection, or the next one. Errors: NoEndpoint, QueueFull, Aborted, ClientClosed. */
  connection(limits: WaitLimits): Promise<C> {
    if (this.#connection !== undefined) return Promise.resolve(this.#connection);
    if (this.#state === 'closed') return Promise.reject(clientClosed());
    if (this.#state === 'down') return Promise.reject(this.#noEndpoint());
    return this.#waiting.wait(limits);
  }

  /** Ends the current pause; also the way on after the service account was refused for good. */
  retryNow(): void {
    this.#credentialTries = 0;
    this.#wake();
  }

  /**
   * Gives the connection up while it still works: new calls go to another server, calls in flight finish here.
   * For an announced switchover, a server that takes itself out, or one that does not answer.
   */
  leave(connection: C): void {
    if (this.#connection === connection) this.#moveAway?.();
  }

  /** Settles every waiting call; idempotent. */
  async close(): Promise<void> {
    if (this.#state !== 'closed') {
      this.#setState('closed', 'closed');
      this.#stopWatching();
      this.#failFast?.cancel();
      this.#closing.abort();
      this.#wakeUp.abort();
      this.#waiting.refuseAll(clientClosed);
      for (const connection of this.#draining) connection.close(clientClosed());
      this.#connection?.close(clientClosed());
      this.#connection = undefined;
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const round = await this.#tryRound();
      if ('opened' in round) await this.#serve(round.opened);
      else await this.#pauseAfter(round.failed);
    }
  }

  /** One pass over the endpoints: the last opened one first, a pause, then the others in their order. */
  async #tryRound(): Promise<Round<C>> {
    const { options, clock } = this.#deps;
    const order = this.#order();
    if (order.length === 0) this.#reason = noServerKnown(this.#deps.endpoints);
    this.#tried = new Set(order.map(endpointName));
    let standbyAnswers = 0;
    for (const [index, endpoint] of order.entries()) {
      if (this.#closing.signal.aborted) break;
      const result = await this.#attempt(endpoint);
      if (!(result instanceof ConfigServerError)) return { opened: result };
      if (credentialErrors.has(result.code)) return { failed: 'credentials' };
      if (result.code === 'NotPrimary') standbyAnswers += 1;
      const wasLastOpened = index === 0 && endpointName(endpoint) === this.#lastOpened;
      if (wasLastOpened && result.code !== 'NotPrimary' && order.length > 1) {
        await pause(clock, options.backupDelayMs, this.#closing.signal);
      }
    }
    return { failed: order.length > 0 && standbyAnswers === order.length ? 'no-primary' : 'all' };
  }

  #order(): Endpoint[] {
    const listed = [...this.#deps.endpoints.current()];
    const rank = (endpoint: Endpoint) => {
      const name = endpointName(endpoint);
      if (endpoint.draining === true || name === this.#avoid) return 2;
      return name === this.#lastOpened ? 0 : 1;
    };
    return listed.sort((a, b) => rank(a) - rank(b));
  }

  async #attempt(endpoint: Endpoint): Promise<C | ConfigServerError> {
    const { open, log, onAttemptFailed } = this.#deps;
    const name = endpointName(endpoint);
    try {
      const connection = await open(endpoint, this.#closing.signal);
      if (connection.serverEpoch < this.#highestEpoch) {
        const detail = `epoch ${connection.serverEpoch}, seen ${this.#highestEpoch}`;
        const error = new ConfigServerError('NotPrimary', 'the server is not the primary one any more', {
          endpoint: name,
          detail,
        });
        connection.close(error);
        throw error;
      }
      return connection;
    } catch (cause) {
      const error =
        cause instanceof ConfigServerError
          ? cause
          : new ConfigServerError('InternalError', 'the attempt failed', { endpoint: name, cause });
      if (!this.#closing.signal.aborted) {
        this.#reason = `${name}: ${error.message}`;
        log.warn(
          { endpoint: name, code: error.code, detail: error.detail },
          'Configuration Server attempt failed',
        );
        onAttemptFailed?.(endpoint, error);
      }
      return error;
    }
  }

  async #serve(connection: C): Promise<void> {
    const { clock, log, onOpened, onAttemptFailed, options } = this.#deps;
    const name = endpointName(connection.endpoint);
    if (this.#closing.signal.aborted) {
      connection.close(clientClosed());
      return;
    }
    const openedAtMs = clock.monotonicMs();
    const left = new Promise<undefined>((resolve) => {
      this.#moveAway = () => resolve(undefined);
    });
    this.#credentialTries = 0;
    this.#isWakeUpDue = false;
    this.#highestEpoch = Math.max(this.#highestEpoch, connection.serverEpoch);
    this.#lastOpened = name;
    this.#avoid = undefined;
    this.#connection = connection;
    this.#failFast?.cancel();
    this.#setState('open', undefined);
    log.info({ endpoint: name }, 'Configuration Server connection open');
    onOpened?.(connection);
    this.#waiting.admitAll(connection);

    const loss = await Promise.race([connection.ended, left]);
    this.#connection = undefined;
    this.#moveAway = undefined;
    if (this.#closing.signal.aborted) return;
    this.#startFailFast();
    if (loss === undefined) {
      this.#drain(connection);
      this.#avoid = name;
      const spreadMs = Math.min(options.reconnectionRandomDelayMs, options.failFastAfterMs / 4);
      this.#setState('connecting', `${name} goes out of service`);
      await this.#sleep(this.#deps.random() * spreadMs);
      return;
    }
    if (loss.code === 'NotPrimary' || loss.code === 'ShuttingDown' || loss.code === 'RequestTimeout')
      this.#avoid = name;
    this.#setState('connecting', `${name}: ${loss.message}`);
    log.warn(
      { endpoint: name, code: loss.code, detail: loss.detail },
      'Configuration Server connection lost',
    );
    onAttemptFailed?.(connection.endpoint, loss);
    await this.#sleep(this.#schedule.afterLossMs(clock.monotonicMs() - openedAtMs));
  }

  #drain(connection: C): void {
    this.#draining.add(connection);
    void connection.drained().then(() => {
      this.#draining.delete(connection);
      connection.close(new ConfigServerError('ConnectionLost', 'the connection was replaced'));
    });
  }

  async #pauseAfter(failed: 'all' | 'no-primary' | 'credentials'): Promise<void> {
    const { options, log } = this.#deps;
    if (failed === 'no-primary') return this.#sleep(this.#schedule.whileNoPrimaryMs());
    if (failed === 'all') return this.#sleep(this.#schedule.afterFailedRoundMs());
    // A repeated wrong password would lock the service account: few tries, far apart, then only on request.
    this.#credentialTries += 1;
    const isLast = this.#credentialTries >= options.credentialsTries;
    this.#reason = `the service account is refused (${this.#reason ?? 'no reason given'})`;
    log.error(
      { tries: this.#credentialTries, givingUp: isLast },
      'Configuration Server refuses the service account',
    );
    await this.#sleep(isLast ? Number.POSITIVE_INFINITY : options.credentialsPauseMs);
  }

  /** Ends the pause, or skips the next one when an attempt is running. */
  #wake(): void {
    this.#isWakeUpDue = true;
    this.#wakeUp.abort();
  }

  async #sleep(delayMs: number): Promise<void> {
    const isWakeUpDue = this.#isWakeUpDue;
    this.#isWakeUpDue = false;
    if (this.#closing.signal.aborted || isWakeUpDue) return;
    this.#wakeUp = new AbortController();
    const { signal } = this.#wakeUp;
    if (Number.isFinite(delayMs)) await pause(this.#deps.clock, delayMs, signal);
    else await aborted(signal);
    this.#isWakeUpDue = false;
  }

  #listChanged(endpoints: readonly Endpoint[]): void {
    const { current } = this;
    if (current === undefined) {
      // A new server is worth a try at once, unless it is our own account that the servers refuse.
      const hasNew = endpoints.some((endpoint) => !this.#tried.has(endpointName(endpoint)));
      if (hasNew && this.#credentialTries === 0) this.#wake();
      return;
    }
    const name = endpointName(current.endpoint);
    // An entry that vanished says nothing about a connection that works; one that drains asks us to go.
    const entry = endpoints.find((endpoint) => endpointName(endpoint) === name);
    const hasOther = endpoints.some(
      (endpoint) => endpoint.draining !== true && endpointName(endpoint) !== name,
    );
    if (entry?.draining === true && hasOther) this.leave(current);
  }

  #startFailFast(): void {
    this.#failFast?.cancel();
    this.#failFast = this.#deps.clock.setTimer(this.#deps.options.failFastAfterMs, () => {
      this.#setState('down', this.#reason);
      this.#waiting.refuseAll(() => this.#noEndpoint());
    });
  }

  #setState(state: BackendState, reason: string | undefined): void {
    if (this.#state === 'closed') return;
    this.#reason = reason;
    if (this.#state === state) return;
    this.#state = state;
    this.#deps.onStateChanged?.(state);
  }

  #noEndpoint(): ConfigServerError {
    return new ConfigServerError('NoEndpoint', 'no Configuration Server can be reached', {
      detail: this.#reason,
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function noServerKnown({ problem }: EndpointSource): string {
  return `no Configuration Server is known${problem === undefined ? '' : `: ${problem}`}`;
}

function clientClosed(): ConfigServerError {
  return new ConfigServerError('ClientClosed', 'the client is closed');
}
