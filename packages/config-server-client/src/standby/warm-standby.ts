/**
 * Keeps one connection to one of several servers open (docs/protocol.md, "Failover"): connects again after a loss, and
 * lets calls wait or fail meanwhile.
 */
import { type BackendState, ConfigServerError } from '@gatehouse/people-directory';
import type { StandbyConnection } from '../connection/connection.ts';
import { type Endpoint, endpointName } from '../discovery/endpoint-source.ts';
import type { Timer } from '../surroundings/clock.ts';
import { AttemptOrder, asksToLeave } from './attempt-order.ts';
import { type AttemptOptions, attemptRound, calledOf } from './attempt-round.ts';
import { RetrySchedule } from './retry-schedule.ts';
import { WaitingCalls, type WaitLimits } from './waiting-calls.ts';
import { WakeablePause } from './wakeable-pause.ts';

export interface WarmStandbyOptions<C extends StandbyConnection> extends AttemptOptions<C> {
  /** Uniform in [0, 1), for jitter. */
  random: () => number;
  onOpened?(connection: C): void;
  onStateChanged?(state: BackendState): void;
  /** The number of calls that wait for a connection. */
  onWaitingChanged?(calls: number): void;
}

/** A server that ended a connection so would end the next one too. */
const triedLast: ReadonlySet<string> = new Set([
  'NotPrimary',
  'ShuttingDown',
  'RequestTimeout',
  'ProtocolViolation',
]);

export class WarmStandby<C extends StandbyConnection> {
  readonly #deps: WarmStandbyOptions<C>;
  readonly #schedule: RetrySchedule;
  readonly #order = new AttemptOrder();
  readonly #pause: WakeablePause;
  readonly #waiting: WaitingCalls<C>;
  readonly #closing = new AbortController();
  /** Connections without new calls, which close when their last call ends. */
  readonly #draining = new Set<C>();
  #connection: C | undefined;
  #state: BackendState = 'connecting';
  #reason: string | undefined = 'no connection was opened yet';
  #failFast: Timer | undefined;
  #moveAway: (() => void) | undefined;
  #stopWatching: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: WarmStandbyOptions<C>) {
    this.#deps = deps;
    this.#schedule = new RetrySchedule(deps.options, deps.random);
    this.#pause = new WakeablePause(deps.clock);
    this.#waiting = new WaitingCalls(deps.clock, deps.options.maxQueueWhileDown, deps.onWaitingChanged);
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

  /** The open connection, or the next one. Errors: NoEndpoint, QueueFull, Aborted, ClientClosed. */
  connection(limits: WaitLimits): Promise<C> {
    if (this.#connection !== undefined) return Promise.resolve(this.#connection);
    if (this.#state === 'closed') return Promise.reject(clientClosed());
    if (this.#state === 'down') return Promise.reject(this.#noEndpoint());
    return this.#waiting.wait(limits);
  }

  /**
   * Leaves a connection that still works: new calls go to another server, calls in flight finish here. Used when a
   * switchover is announced, and when a server goes out of service or does not carry out calls.
   */
  leave(connection: C): void {
    if (this.#connection === connection) this.#moveAway?.();
  }

  /** Fails every waiting call with ClientClosed. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== 'closed') {
      this.#setState('closed', 'closed');
      this.#stopWatching();
      this.#failFast?.cancel();
      this.#closing.abort();
      this.#pause.close();
      this.#waiting.refuseAll(clientClosed);
      for (const connection of this.#draining) connection.close(clientClosed());
      this.#connection?.close(clientClosed());
      this.#connection = undefined;
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const explain = (reason: string) => {
      this.#reason = reason;
    };
    while (!signal.aborted) {
      await this.#accountMayTry();
      const round = await attemptRound(this.#deps, this.#order, signal, explain);
      if ('opened' in round) await this.#serve(round.opened);
      else await this.#pauseAfter(round.failed);
    }
  }

  /** A wake-up does not shorten this pause: a new server would refuse the account as well. */
  async #accountMayTry(): Promise<void> {
    const { account } = this.#deps;
    for (let restMs = account.claimTry(); restMs > 0; restMs = account.claimTry()) {
      this.#reason = account.reason;
      await this.#pause.sleep(restMs);
      if (this.#closing.signal.aborted) return;
    }
  }

  async #serve(connection: C): Promise<void> {
    const { clock, log, onOpened } = this.#deps;
    if (this.#closing.signal.aborted) {
      connection.close(clientClosed());
      return;
    }
    const openedAtMs = clock.monotonicMs();
    const left = new Promise<undefined>((resolve) => {
      this.#moveAway = () => resolve(undefined);
    });
    this.#deps.account.accepted();
    this.#pause.forgetWakeUp();
    this.#deps.epochs.saw(connection);
    this.#order.opened(connection.endpoint);
    this.#connection = connection;
    this.#failFast?.cancel();
    this.#setState('open', undefined);
    log.info({ endpoint: endpointName(connection.endpoint) }, `${calledOf(this.#deps)} connection open`);
    onOpened?.(connection);
    this.#waiting.admitAll(connection);

    const loss = await Promise.race([connection.ended, left]);
    this.#connection = undefined;
    this.#moveAway = undefined;
    if (this.#closing.signal.aborted) return;
    this.#startFailFast();
    const livedMs = clock.monotonicMs() - openedAtMs;
    if (loss === undefined) await this.#afterLeaving(connection, livedMs);
    else await this.#afterLoss(connection, loss, livedMs);
  }

  async #afterLeaving(connection: C, livedMs: number): Promise<void> {
    this.#draining.add(connection);
    void connection.drained().then(() => {
      this.#draining.delete(connection);
      connection.close(new ConfigServerError('ConnectionLost', 'the connection was replaced'));
    });
    this.#order.avoid(connection.endpoint);
    this.#setState('connecting', `${endpointName(connection.endpoint)} goes out of service`);
    await this.#pause.sleep(this.#schedule.afterLeavingMs(livedMs));
  }

  async #afterLoss({ endpoint }: C, loss: ConfigServerError, livedMs: number): Promise<void> {
    const { log, onAttemptFailed } = this.#deps;
    const name = endpointName(endpoint);
    if (triedLast.has(loss.code)) this.#order.avoid(endpoint);
    this.#setState('connecting', `${name}: ${loss.message}`);
    log.warn(
      { endpoint: name, reason: loss.code, detail: loss.detail },
      `${calledOf(this.#deps)} connection lost`,
    );
    onAttemptFailed?.(endpoint, loss);
    await this.#pause.sleep(this.#schedule.afterLossMs(livedMs));
  }

  async #pauseAfter(failed: 'all' | 'no-primary' | 'account'): Promise<void> {
    if (failed === 'account') return;
    this.#deps.account.giveTryBack();
    const delayMs =
      failed === 'no-primary' ? this.#schedule.whileNoPrimaryMs() : this.#schedule.afterFailedRoundMs();
    await this.#pause.sleep(delayMs);
  }

  #listChanged(endpoints: readonly Endpoint[]): void {
    const { current } = this;
    if (current !== undefined) {
      if (asksToLeave(endpoints, current.endpoint)) this.leave(current);
      return;
    }
    // A new server is worth a try at once.
    if (this.#order.hasNew(endpoints)) this.#pause.wake();
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
    return new ConfigServerError('NoEndpoint', `no ${calledOf(this.#deps)} can be reached`, {
      detail: this.#reason,
    });
  }
}

function clientClosed(): ConfigServerError {
  return new ConfigServerError('ClientClosed', 'the client is closed');
}
