/** Decides which requests of a connection are sent, assigns answers to them, and ends those that time out. */

import { ConfigServerError } from '@gatehouse/people-directory';
import type { Clock } from '../surroundings/clock.ts';
import type { ConnectionMetrics } from '../surroundings/metrics.ts';
import type { ConfMessage } from '../wire/message.ts';
import { DueTimer } from './due-timer.ts';
import {
  type AnswerCollector,
  Exchange,
  type ExchangeLimits,
  type ExchangeOutcome,
  type ExchangeOwner,
} from './exchange.ts';
import type { Parcel } from './outbox.ts';
import { ReferenceIds } from './reference-ids.ts';
import { serverError } from './server-error.ts';
import type { WorkBudget } from './work-budget.ts';

export interface RequestWindowOptions {
  /** `host:port`, for errors. */
  endpoint: string;
  clock: Clock;
  metrics: ConnectionMetrics;
  budget: WorkBudget;
  /** Requests in flight. Default 64. */
  windowSize?: number | undefined;
  /** Requests waiting for a free place in the window. Default 1 024. */
  queueSize?: number | undefined;
  /** First reference id; for tests of the wrap-around. */
  firstReferenceId?: number | undefined;
  /** Encodes and queues. `onWritten` runs when the bytes may reach the server. Throws when the message cannot be encoded. */
  send(message: ConfMessage, refId: number, onWritten: () => void): Parcel;
  /** The server keeps answering requests that were never sent. */
  onForeignAnswers(): void;
  /** Whether the connection is being read. */
  isReading(): boolean;
  /** So many requests in a row were not answered in time although this side was reading. */
  onUnresponsive(requests: number): void;
}

const maxUnknownAnswers = 10;
const maxTimeouts = 5;
/** When a deadline is noticed so late, the process was suspended, and the server may have answered. */
const suspendedMs = 250;
/** For answers that lie unread after that: they are read in short turns, with rests between them. */
const catchUpMs = 250;

export class RequestWindow implements ExchangeOwner {
  readonly #options: RequestWindowOptions;
  readonly #ids: ReferenceIds;
  readonly #queueSize: number;
  readonly #inFlight = new Map<number, Exchange>();
  readonly #waiting = new Set<Exchange>();
  readonly #deadlines: DueTimer;
  #size: number;
  #isClosed = false;
  #unknownAnswers = 0;
  #timeoutsInARow = 0;
  /** Monotonic milliseconds until which nothing times out. */
  #catchingUpUntilMs = Number.NEGATIVE_INFINITY;
  #onDrained: (() => void) | undefined;

  constructor(options: RequestWindowOptions) {
    this.#options = options;
    this.#ids = new ReferenceIds(options.firstReferenceId);
    this.#size = options.windowSize ?? 64;
    this.#queueSize = options.queueSize ?? 1_024;
    this.#deadlines = new DueTimer(options.clock, (nowMs, lateMs) => this.#timeOut(nowMs, lateMs));
  }

  /** Settles exactly once. Errors: ConfigServerError. */
  exchange<T>(message: ConfMessage, collect: AnswerCollector<T>, limits: ExchangeLimits): Promise<T> {
    if (this.#waiting.size >= this.#queueSize) {
      const { endpoint } = this.#options;
      return Promise.reject(
        new ConfigServerError('QueueFull', 'too many requests wait for the Configuration Server', {
          endpoint,
        }),
      );
    }
    const exchange = new Exchange(message, collect, limits, this);
    if (exchange.isSettled) return exchange.promise;
    this.announceDue(exchange.dueAtMs);
    if (this.#hasRoom) this.#start(exchange as unknown as Exchange);
    else this.#waiting.add(exchange as unknown as Exchange);
    this.#report();
    return exchange.promise;
  }

  setSize(requests: number): void {
    this.#size = Math.max(1, requests);
    this.#startWaiting();
    this.#report();
  }

  answer(refId: number, message: ConfMessage, bytes: number): void {
    const exchange = this.#inFlight.get(refId);
    if (exchange === undefined) this.#dropAnswer(refId);
    else if (message.name !== 'EventError') exchange.receive(message, bytes);
    else exchange.refuse(serverError(message.body, { endpoint: this.#options.endpoint, refId }));
  }

  /** An answer that cannot be read ends its own request only. */
  answerUnreadable(refId: number, detail: string): void {
    const exchange = this.#inFlight.get(refId);
    if (exchange !== undefined) {
      const options = { endpoint: this.#options.endpoint, refId, sent: true, detail };
      exchange.fail(new ConfigServerError('MalformedBody', 'the answer could not be read', options));
      this.#ids.abandon(refId);
    } else {
      this.#dropAnswer(refId);
    }
  }

  /** Resolves when no request is left. The caller must send no new ones. */
  drained(): Promise<void> {
    if (this.#isClosed || this.#isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  /** Sends nothing more; every pending request fails with its `error`. */
  close(error: (isSent: boolean, refId: number) => ConfigServerError): void {
    this.#isClosed = true;
    this.#deadlines.stop();
    for (const exchange of [...this.#inFlight.values(), ...this.#waiting]) {
      exchange.fail(error(exchange.isSent, exchange.refId));
    }
    this.#onDrained?.();
  }

  get #isEmpty(): boolean {
    return this.#inFlight.size + this.#waiting.size === 0;
  }

  nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  announceDue(dueAtMs: number): void {
    this.#deadlines.announce(dueAtMs);
  }

  hold(bytes: number): boolean {
    return this.#options.budget.hold(bytes);
  }

  /** An exchange reports its own end. */
  settled(exchange: Exchange, outcome: ExchangeOutcome): void {
    this.#options.budget.release(exchange.heldBytes);
    const wasInFlight = this.#inFlight.delete(exchange.refId);
    if (!wasInFlight) this.#waiting.delete(exchange);
    if (outcome === 'answered') this.#timeoutsInARow = 0;
    else if (outcome === 'abandoned') this.#abandoned(exchange, wasInFlight);
    if (!this.#isClosed) {
      this.#startWaiting();
      if (this.#isEmpty) this.#onDrained?.();
    }
    this.#report();
  }

  #abandoned(exchange: Exchange, wasInFlight: boolean): void {
    if (wasInFlight) {
      exchange.parcel?.cancel();
      if (exchange.isSent) this.#ids.abandon(exchange.refId);
    }
    if (exchange.isSent && exchange.isUnanswered) this.#countTimeout();
  }

  #timeOut(nowMs: number, lateMs: number): void {
    if (lateMs >= suspendedMs) this.#catchingUpUntilMs = nowMs + catchUpMs;
    const isReading = this.#options.isReading();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const exchange of [...this.#inFlight.values(), ...this.#waiting]) {
      const dueAtMs = Math.max(exchange.dueAtMs, this.#catchingUpUntilMs);
      if (dueAtMs <= nowMs) exchange.timeOut(isReading && dueAtMs > this.#catchingUpUntilMs);
      else nextMs = Math.min(nextMs, dueAtMs);
    }
    this.#deadlines.announce(nextMs);
  }

  /** The client leaves a server that answers polls but no requests. */
  #countTimeout(): void {
    this.#timeoutsInARow += 1;
    if (this.#timeoutsInARow < maxTimeouts) return;
    // Later, so that the current exchange keeps its own error.
    queueMicrotask(() => this.#options.onUnresponsive(maxTimeouts));
  }

  get #hasRoom(): boolean {
    return this.#inFlight.size < this.#size && !this.#isClosed;
  }

  #startWaiting(): void {
    for (const exchange of this.#waiting) {
      if (!this.#hasRoom) break;
      this.#waiting.delete(exchange);
      this.#start(exchange);
    }
  }

  #start(exchange: Exchange): void {
    exchange.refId = this.#ids.next((id) => this.#inFlight.has(id));
    this.#inFlight.set(exchange.refId, exchange);
    this.#send(exchange);
  }

  #send(exchange: Exchange): void {
    this.#options.budget.requested();
    try {
      exchange.parcel = this.#options.send(exchange.message, exchange.refId, () => exchange.markSent());
    } catch (cause) {
      exchange.fail(new ConfigServerError('MalformedBody', 'the request cannot be encoded', { cause }));
    }
  }

  #dropAnswer(refId: number): void {
    const kind = this.#ids.classify(refId);
    this.#options.metrics.answerDropped?.(kind);
    if (kind === 'late') return;
    this.#unknownAnswers += 1;
    if (this.#unknownAnswers === maxUnknownAnswers) this.#options.onForeignAnswers();
  }

  #report(): void {
    this.#options.metrics.inFlight?.(this.#inFlight.size);
    this.#options.metrics.queueDepth?.(this.#waiting.size);
  }
}
