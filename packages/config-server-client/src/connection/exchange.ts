/** One request with its answers, from the call to the one settlement. */
import type { Clock, Timer } from '../clock.ts';
import { ConfigServerError, type ConfigServerErrorCode } from '../errors.ts';
import type { ConfMessage } from '../wire/message.ts';
import type { SentParcel } from './outbox.ts';

/** Takes each answer in turn; tells when the last one came. Throws ConfigServerError for an answer of the wrong kind. */
export type AnswerCollector<T> = (answer: ConfMessage) => { done: true; value: T } | { done: false };

export interface ExchangeLimits {
  /** Monotonic time at which the caller stops waiting. */
  deadlineAtMs: number;
  /** Longest silence between two answers of one request, once it was sent. */
  betweenAnswersMs?: number;
  signal?: AbortSignal | undefined;
}

/** Settles exactly once; everything that comes later is ignored. */
export class Exchange<T = unknown> {
  readonly message: ConfMessage;
  readonly promise: Promise<T>;
  refId = 0;
  parcel: SentParcel | undefined;
  isSent = false;
  /** The server stayed silent, as opposed to a caller that lost interest. */
  timedOut = false;
  readonly #collect: AnswerCollector<T>;
  readonly #limits: ExchangeLimits;
  readonly #clock: Clock;
  readonly #onSettled: (exchange: Exchange, outcome: 'answered' | 'abandoned' | 'failed') => void;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: Timer;
  #silenceTimer: Timer | undefined;
  #isSettled = false;

  constructor(
    message: ConfMessage,
    collect: AnswerCollector<T>,
    limits: ExchangeLimits,
    clock: Clock,
    onSettled: (exchange: Exchange, outcome: 'answered' | 'abandoned' | 'failed') => void,
  ) {
    this.message = message;
    this.#collect = collect;
    this.#limits = limits;
    this.#clock = clock;
    this.#onSettled = onSettled;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = clock.setTimer(Math.max(0, limits.deadlineAtMs - clock.monotonicMs()), this.#onTimeout);
    limits.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (limits.signal?.aborted === true) this.#onAbort();
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  markSent(): void {
    this.isSent = true;
    this.#watchSilence();
  }

  receive(answer: ConfMessage): void {
    if (this.#isSettled) return;
    this.#watchSilence();
    try {
      const result = this.#collect(answer);
      if (result.done) this.#settle('answered', () => this.#resolve(result.value));
    } catch (error) {
      this.#settle('abandoned', () => this.#reject(error));
    }
  }

  /** The server answered with an error; what was gathered so far is dropped. */
  refuse(error: ConfigServerError): void {
    this.#settle('answered', () => this.#reject(error));
  }

  fail(error: ConfigServerError): void {
    this.#settle('failed', () => this.#reject(error));
  }

  readonly #onTimeout = () => {
    this.timedOut = true;
    this.#abandon('RequestTimeout', 'the server did not answer in time');
  };
  readonly #onAbort = () => this.#abandon('Aborted', 'the call was aborted');

  #abandon(code: ConfigServerErrorCode, message: string): void {
    const error = new ConfigServerError(code, message, { refId: this.refId, sent: this.isSent });
    this.#settle('abandoned', () => this.#reject(error));
  }

  #watchSilence(): void {
    const { betweenAnswersMs } = this.#limits;
    if (betweenAnswersMs === undefined || this.#isSettled) return;
    this.#silenceTimer?.cancel();
    this.#silenceTimer = this.#clock.setTimer(betweenAnswersMs, this.#onTimeout);
  }

  #settle(outcome: 'answered' | 'abandoned' | 'failed', settle: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#timer?.cancel();
    this.#silenceTimer?.cancel();
    this.#limits.signal?.removeEventListener('abort', this.#onAbort);
    this.#onSettled(this as unknown as Exchange, outcome);
    settle();
  }
}
