/**
 * Keeps one connection to one of several servers alive (docs/protocol.md, "Failover"): order of attempts, pauses, what
 * a lost connection means, and who has to wait or is refused meanwhile.
 */
import type { BackendState } from '../backend.ts';
import type { StandbyOptions } from '../client-options.ts';
import { type Clock, pause, type Timer } from '../clock.ts';
import { type Endpoint, type EndpointSource, endpointName } from '../discovery/endpoint-source.ts';
import { ConfigServerError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { AttemptOrder, asksToLeave } from './attempt-order.ts';
import { DrainingConnections } from './draining-connections.ts';
import type { EpochGuard } from './epoch-guard.ts';
import { type RefusedAccount, refusesAccount } from './refused-account.ts';
import { RetrySchedule } from './retry-schedule.ts';
import type { StandbyConnection } from './standby-connection.ts';
import { WaitingCalls, type WaitLimits } from './waiting-calls.ts';
import { WakeablePause } from './wakeable-pause.ts';

export interface WarmStandbyOptions<C extends StandbyConnection> {
  endpoints: EndpointSource;
  open(endpoint: Endpoint, signal: AbortSignal): Promise<C>;
  options: StandbyOptions;
  /** Shared by all links to the same servers: what one of them saw, the others must not fall behind. */
  epochs: EpochGuard;
  /** Shared likewise: a refusal counts for all of them. */
  account: RefusedAccount;
  clock: Clock;
  random: () => number;
  log: Logger;
  onOpened?(connection: C): void;
  onStateChanged?(state: BackendState): void;
  /** So many calls wait for a connection now. */
  onWaitingChanged?(calls: number): void;
  onAttemptFailed?(endpoint: Endpoint, error: ConfigServerError): void;
}

type Round<C> = { opened: C } | { failed: 'all' | 'no-primary' | 'account' };

export class WarmStandby<C extends StandbyConnection> {
  readonly #deps: WarmStandbyOptions<C>;
  readonly #schedule: RetrySchedule;
  readonly #order = new AttemptOrder();
  readonly #pause: WakeablePause;
  readonly #waiting: WaitingCalls<C>;
  readonly #closing = new AbortController();
  readonly #draining = new DrainingConnections();
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
      this.#pause.close();
      this.#waiting.refuseAll(clientClosed);
      this.#draining.close(clientClosed);
      this.#connection?.close(clientClosed());
      this.#connection = undefined;
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#accountMayTry();
      const round = await this.#tryRound();
      if ('opened' in round) await this.#serve(round.opened);
      else await this.#pauseAfter(round.failed);
    }
  }

  /** However often somebody wakes us meanwhile: a new server would refuse the account just as well. */
  async #accountMayTry(): Promise<void> {
    const { account } = this.#deps;
    for (let restMs = account.claimTry(); restMs > 0; restMs = account.claimTry()) {
      this.#reason = account.reason;
      await this.#pause.sleep(restMs);
      if (this.#closing.signal.aborted) return;
    }
  }

  /** One pass over the endpoints: the last opened one first, a pause, then the others in their order. */
  async #tryRound(): Promise<Round<C>> {
    const { options, clock } = this.#deps;
    const order = this.#order.ofRound(this.#deps.endpoints.current());
    if (order.length === 0) this.#reason = noServerKnown(this.#deps.endpoints);
    let standbyAnswers = 0;
    for (const [index, endpoint] of order.entries()) {
      if (this.#closing.signal.aborted) break;
      const result = await this.#attempt(endpoint);
      if (!(result instanceof ConfigServerError)) return { opened: result };
      if (refusesAccount(result.code)) return this.#accountRefused();
      if (result.code === 'NotPrimary') standbyAnswers += 1;
      const wasLastOpened = index === 0 && this.#order.wasLastOpened(endpoint);
      if (wasLastOpened && result.code !== 'NotPrimary' && order.length > 1) {
        await pause(clock, options.backupDelayMs, this.#closing.signal);
      }
    }
    return { failed: order.length > 0 && standbyAnswers === order.length ? 'no-primary' : 'all' };
  }

  async #attempt(endpoint: Endpoint): Promise<C | ConfigServerError> {
    const { open, log, onAttemptFailed } = this.#deps;
    const name = endpointName(endpoint);
    try {
      return this.#deps.epochs.checked(await open(endpoint, this.#closing.signal));
    } catch (cause) {
      const error =
        cause instanceof ConfigServerError
          ? cause
          : new ConfigServerError('InternalError', 'the attempt failed', { endpoint: name, cause });
      if (!this.#closing.signal.aborted) {
        this.#reason = `${name}: ${error.message}`;
        log.warn(
          { endpoint: name, reason: error.code, detail: error.detail, details: error.details },
          'Configuration Server attempt failed',
        );
        onAttemptFailed?.(endpoint, error);
      }
      return error;
    }
  }

  async #serve(connection: C): Promise<void> {
    const { clock, log, onOpened, onAttemptFailed } = this.#deps;
    const name = endpointName(connection.endpoint);
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
    log.info({ endpoint: name }, 'Configuration Server connection open');
    onOpened?.(connection);
    this.#waiting.admitAll(connection);

    const loss = await Promise.race([connection.ended, left]);
    this.#connection = undefined;
    this.#moveAway = undefined;
    if (this.#closing.signal.aborted) return;
    this.#startFailFast();
    const livedMs = clock.monotonicMs() - openedAtMs;
    if (loss === undefined) {
      this.#draining.add(connection);
      this.#order.avoid(connection.endpoint);
      this.#setState('connecting', `${name} goes out of service`);
      await this.#pause.sleep(this.#schedule.afterLeavingMs(livedMs));
      return;
    }
    if (loss.code === 'NotPrimary' || loss.code === 'ShuttingDown' || loss.code === 'RequestTimeout')
      this.#order.avoid(connection.endpoint);
    this.#setState('connecting', `${name}: ${loss.message}`);
    log.warn(
      { endpoint: name, reason: loss.code, detail: loss.detail },
      'Configuration Server connection lost',
    );
    onAttemptFailed?.(connection.endpoint, loss);
    await this.#pause.sleep(this.#schedule.afterLossMs(livedMs));
  }

  #accountRefused(): Round<C> {
    const { account, log } = this.#deps;
    account.refused(this.#reason ?? 'no reason given');
    log.error({ reason: account.reason }, 'Configuration Server refuses the service account');
    return { failed: 'account' };
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
    return new ConfigServerError('NoEndpoint', 'no Configuration Server can be reached', {
      detail: this.#reason,
    });
  }
}

function noServerKnown({ problem }: EndpointSource): string {
  return `no Configuration Server is known${problem === undefined ? '' : `: ${problem}`}`;
}

function clientClosed(): ConfigServerError {
  return new ConfigServerError('ClientClosed', 'the client is closed');
}
