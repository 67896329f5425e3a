/** One request with its answers, from the call to the one settlement. */
import { ConfigServerError, type ConfigServerErrorCode } from '../errors.ts';
import type { ConfMessage } from '../wire/message.ts';
import type { SentParcel } from './outbox.ts';

/** Takes each answer in turn; tells when the last one came. Throws ConfigServerError for an answer of the wrong kind. */
export type AnswerCollector<T> = (answer: ConfMessage) => { done: true; value: T } | { done: false };

export interface ExchangeLimits {
  /** Monotonic time at which the caller stops waiting. */
  deadlineAtMs: number;
  /** Longest silence between two answers of one request, once it was sent. */
  betweenAnswersMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** All answers of one request together, as encoded. Default 64 MiB. */
  answerBytes?: number;
}

/** More than a hundred thousand persons; who has more asks with a filter. */
const answerBytesTaken = 64 * 1024 * 1024;

/** Who looks after the exchange while it runs: places, reference ids, time. */
export interface ExchangeKeeper {
  nowMs(): number;
  /** `timeOut` is to be called at that time, if nothing moved it until then. */
  announceDue(dueAtMs: number): void;
  settled(exchange: Exchange, outcome: ExchangeOutcome): void;
}

export type ExchangeOutcome = 'answered' | 'abandoned' | 'failed';

/** Settles exactly once; everything that comes later is ignored. */
export class Exchange<T = unknown> {
  readonly message: ConfMessage;
  readonly promise: Promise<T>;
  refId = 0;
  parcel: SentParcel | undefined;
  isSent = false;
  /** The server stayed silent, as opposed to a caller that lost interest or did not listen. */
  isUnanswered = false;
  /** Monotonic time at which `timeOut` is due; moves with every answer. */
  dueAtMs: number;
  readonly #collect: AnswerCollector<T>;
  readonly #limits: ExchangeLimits;
  readonly #keeper: ExchangeKeeper;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  #receivedBytes = 0;
  #isSettled = false;

  constructor(
    message: ConfMessage,
    collect: AnswerCollector<T>,
    limits: ExchangeLimits,
    keeper: ExchangeKeeper,
  ) {
    this.message = message;
    this.dueAtMs = limits.deadlineAtMs;
    this.#collect = collect;
    this.#limits = limits;
    this.#keeper = keeper;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    if (limits.signal === undefined) return;
    limits.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (limits.signal.aborted) this.#onAbort();
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  markSent(): void {
    this.isSent = true;
    this.#watchSilence();
  }

  receive(answer: ConfMessage, bytes: number): void {
    if (this.#isSettled) return;
    this.#receivedBytes += bytes;
    if (this.#receivedBytes > (this.#limits.answerBytes ?? answerBytesTaken)) {
      this.#abandon('AnswerTooLong', 'the answer is longer than this client takes');
      return;
    }
    this.#watchSilence();
    try {
      const result = this.#collect(answer);
      if (!result.done) return;
      this.#settle('answered');
      this.#resolve(result.value);
    } catch (error) {
      this.#settle('abandoned');
      this.#reject(error);
    }
  }

  /** The server answered with an error; what was gathered so far is dropped. */
  refuse(error: ConfigServerError): void {
    if (this.#isSettled) return;
    this.#settle('answered');
    this.#reject(error);
  }

  fail(error: ConfigServerError): void {
    if (this.#isSettled) return;
    this.#settle('failed');
    this.#reject(error);
  }

  /** `wasListening`: an answer would have been heard. */
  timeOut(wasListening: boolean): void {
    this.isUnanswered = wasListening;
    this.#abandon('RequestTimeout', 'the server did not answer in time');
  }

  readonly #onAbort = () => this.#abandon('Aborted', 'the call was aborted');

  #abandon(code: ConfigServerErrorCode, message: string): void {
    if (this.#isSettled) return;
    const error = new ConfigServerError(code, message, { refId: this.refId, sent: this.isSent });
    this.#settle('abandoned');
    this.#reject(error);
  }

  #watchSilence(): void {
    const { betweenAnswersMs, deadlineAtMs } = this.#limits;
    if (betweenAnswersMs === undefined) return;
    this.dueAtMs = Math.min(deadlineAtMs, this.#keeper.nowMs() + betweenAnswersMs);
    this.#keeper.announceDue(this.dueAtMs);
  }

  #settle(outcome: ExchangeOutcome): void {
    this.#isSettled = true;
    this.#limits.signal?.removeEventListener('abort', this.#onAbort);
    this.#keeper.settled(this as unknown as Exchange, outcome);
  }
}
