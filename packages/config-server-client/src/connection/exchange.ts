/** Follows one request with its answers until it settles. */
import { ConfigServerError, type ConfigServerErrorCode } from '@gatehouse/people-directory';
import type { ConfMessage } from '../wire/message.ts';
import type { Parcel } from './outbox.ts';

/** Takes each answer in turn and returns whether it was the last. Throws ConfigServerError for an unexpected answer. */
export type AnswerCollector<T> = (answer: ConfMessage) => { done: true; value: T } | { done: false };

export interface ExchangeLimits {
  /** Monotonic milliseconds at which the caller stops waiting. */
  deadlineAtMs: number;
  /** Limit of the silence after sending and between two answers. */
  betweenAnswersMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Limit of the memory of all answers together. Default 64 MiB. */
  answerBytes?: number;
}

/** More than twenty thousand whole persons. Larger lists need a filter, or fewer fields. */
const defaultAnswerBytes = 64 * 1024 * 1024;

/** The request window, as an exchange sees it. */
export interface ExchangeOwner {
  nowMs(): number;
  /** Asks for a call of `timeOut` at that time, unless `dueAtMs` moves. */
  announceDue(dueAtMs: number): void;
  settled(exchange: Exchange, outcome: ExchangeOutcome): void;
  /** Notes the memory of an answer. False when all unsettled exchanges together hold too much. */
  hold(bytes: number): boolean;
}

export type ExchangeOutcome = 'answered' | 'abandoned' | 'failed';

/** Settles exactly once and ignores everything later. */
export class Exchange<T = unknown> {
  readonly message: ConfMessage;
  readonly promise: Promise<T>;
  refId = 0;
  parcel: Parcel | undefined;
  isSent = false;
  /** Memory of the answers so far. */
  heldBytes = 0;
  /** The server did not answer in time although this side was reading. */
  isUnanswered = false;
  /** Monotonic milliseconds at which `timeOut` is due; moves with every answer. */
  dueAtMs: number;
  readonly #collect: AnswerCollector<T>;
  readonly #limits: ExchangeLimits;
  readonly #owner: ExchangeOwner;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  #isSettled = false;

  constructor(
    message: ConfMessage,
    collect: AnswerCollector<T>,
    limits: ExchangeLimits,
    owner: ExchangeOwner,
  ) {
    this.message = message;
    this.dueAtMs = limits.deadlineAtMs;
    this.#collect = collect;
    this.#limits = limits;
    this.#owner = owner;
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
    this.heldBytes += bytes;
    const isTooLong = this.heldBytes > (this.#limits.answerBytes ?? defaultAnswerBytes);
    if (!this.#owner.hold(bytes) || isTooLong) {
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

  /** The server answered with an error. Drops the answers so far. */
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

  /** `wasReading`: an answer would have been read. */
  timeOut(wasReading: boolean): void {
    this.isUnanswered = wasReading;
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
    this.dueAtMs = Math.min(deadlineAtMs, this.#owner.nowMs() + betweenAnswersMs);
    this.#owner.announceDue(this.dueAtMs);
  }

  #settle(outcome: ExchangeOutcome): void {
    this.#isSettled = true;
    this.#limits.signal?.removeEventListener('abort', this.#onAbort);
    this.#owner.settled(this as unknown as Exchange, outcome);
  }
}
