/** One connection to one server: requests in a window, answers to their callers, notifications, keep-alive, one end. */

import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { ConfigServerError, type ConfigServerErrorCode } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ConnectionMetrics } from '../metrics.ts';
import { serverError } from '../server-error.ts';
import type { ConfMessage } from '../wire/message.ts';
import type { CloseCode, WireEvent, WireSession } from '../wire/wire-protocol.ts';
import { closeReason } from './close-reason.ts';
import { type AnswerCollector, Exchange, type ExchangeLimits } from './exchange.ts';
import { FrameTimer } from './frame-timer.ts';
import { KeepAlive } from './keep-alive.ts';
import { Outbox } from './outbox.ts';
import { ReferenceIds } from './reference-ids.ts';

export interface ChannelOptions {
  /** `host:port`, for errors and logs. */
  endpoint: string;
  session: WireSession;
  clock: Clock;
  log: Logger;
  metrics: ConnectionMetrics;
  /** Requests in flight. Default 64. */
  windowSize?: number;
  /** Requests waiting for a free place in the window. Default 1 024. */
  queueSize?: number;
  /** Longest time from the first to the last byte of one frame. Default 30 000. */
  frameTimeoutMs?: number;
  /** Where reference ids start; for tests of the wrap-around. */
  firstReferenceId?: number;
}

const unknownAnswersTolerated = 10;
const timeoutsTolerated = 5;
const closeGraceMs = 1_000;

export class Channel {
  readonly endpoint: string;
  /** Takes every unsolicited message. */
  onNotification: (message: ConfMessage, bytes: number) => void = () => undefined;
  readonly #socket: Duplex;
  readonly #options: ChannelOptions;
  readonly #outbox: Outbox;
  readonly #ids: ReferenceIds;
  readonly #frameTimer: FrameTimer;
  readonly #inFlight = new Map<number, Exchange>();
  readonly #waiting = new Set<Exchange>();
  readonly #ended = Promise.withResolvers<ConfigServerError>();
  #windowSize: number;
  #keepAlive: KeepAlive | undefined;
  #tracesPolls = false;
  #end: ConfigServerError | undefined;
  #unknownAnswers = 0;
  #timeoutsInARow = 0;
  #onDrained: (() => void) | undefined;

  constructor(socket: Duplex, options: ChannelOptions) {
    this.endpoint = options.endpoint;
    this.#socket = socket;
    this.#options = options;
    this.#outbox = new Outbox(socket);
    this.#ids = new ReferenceIds(options.firstReferenceId);
    this.#windowSize = options.windowSize ?? 64;
    const frameTimeoutMs = options.frameTimeoutMs ?? 30_000;
    this.#frameTimer = new FrameTimer(options.clock, frameTimeoutMs, () =>
      this.#lose('ConnectionLost', `a message did not end within ${frameTimeoutMs} ms`),
    );
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#lose('ConnectionLost', 'the connection broke', error));
    socket.on('end', () => this.#lose('ConnectionLost', 'the server closed the connection'));
    socket.on('close', () => this.#lose('ConnectionLost', 'the connection was closed'));
  }

  /** Resolves with the reason once the channel is of no more use. */
  get ended(): Promise<ConfigServerError> {
    return this.#ended.promise;
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Sends a request and gives its answers to `collect`. Rejects with ConfigServerError only; settles exactly once. */
  exchange<T>(message: ConfMessage, collect: AnswerCollector<T>, limits: ExchangeLimits): Promise<T> {
    if (this.#end !== undefined) return Promise.reject(this.#copyOfEnd(false, undefined));
    if (this.#waiting.size >= (this.#options.queueSize ?? 1_024)) {
      return Promise.reject(
        new ConfigServerError('QueueFull', 'too many requests wait for the Configuration Server', {
          endpoint: this.endpoint,
        }),
      );
    }
    const exchange = new Exchange(message, collect, limits, this.#options.clock, this.#settled);
    if (!exchange.isSettled) {
      this.#waiting.add(exchange as unknown as Exchange);
      this.#startWaiting();
    }
    return exchange.promise;
  }

  /** From now on both sides watch each other. Times in seconds; again to change them on the open link. */
  watch(localTimeoutSeconds: number, tracesPolls: boolean): void {
    this.#tracesPolls = tracesPolls;
    if (this.#end !== undefined) return;
    if (this.#keepAlive !== undefined) {
      this.#keepAlive.setTimeout(localTimeoutSeconds * 1000);
      return;
    }
    this.#keepAlive = new KeepAlive({
      timeoutMs: localTimeoutSeconds * 1000,
      clock: this.#options.clock,
      nextNonce: () => randomBytes(8).readBigUInt64BE(),
      sendPing: (nonce) => this.#poll(nonce),
      onLost: () => {
        this.#options.metrics.keepAliveLost?.();
        this.#lose('AddpTimeout', 'the server is silent');
      },
      onRoundTrip: (roundTripMs) => this.#options.metrics.keepAliveRoundTrip?.(roundTripMs),
    });
  }

  setWindow(requests: number): void {
    this.#windowSize = Math.max(1, requests);
    this.#startWaiting();
  }

  /** Backpressure: what the server sends stays with the server. Our watch on it rests meanwhile. */
  pauseReading(): void {
    if (this.#end !== undefined) return;
    this.#keepAlive?.suspend();
    this.#socket.pause();
  }

  resumeReading(): void {
    if (this.#end !== undefined) return;
    this.#keepAlive?.resume();
    this.#socket.resume();
  }

  /** Resolves when no request is left, or the channel ended. New requests are the caller's to keep away. */
  drained(): Promise<void> {
    if (this.#inFlight.size + this.#waiting.size === 0 || this.#end !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  /** Says goodbye and ends; pending requests fail with `error`. Idempotent. */
  close(code: CloseCode, error: ConfigServerError): void {
    if (this.#end !== undefined) return;
    this.#outbox.sendNow(this.#options.session.encodeClose(code));
    this.#finish(error);
  }

  readonly #settled = (exchange: Exchange, outcome: 'answered' | 'abandoned' | 'failed') => {
    this.#waiting.delete(exchange);
    if (this.#inFlight.delete(exchange.refId) && outcome === 'abandoned') {
      exchange.parcel?.cancel();
      if (exchange.isSent) this.#ids.abandon(exchange.refId);
    }
    if (outcome === 'answered') this.#timeoutsInARow = 0;
    if (outcome === 'abandoned' && exchange.isSent) this.#countTimeout(exchange);
    this.#report();
    if (this.#end !== undefined) return;
    this.#startWaiting();
    if (this.#inFlight.size + this.#waiting.size === 0) this.#onDrained?.();
  };

  /** A server that answers polls but no requests is changed for another one. */
  #countTimeout(exchange: Exchange): void {
    if (!exchange.timedOut) return;
    this.#timeoutsInARow += 1;
    if (this.#timeoutsInARow < timeoutsTolerated) return;
    // After the settlement of the current exchange, so that it keeps its own error.
    queueMicrotask(() =>
      this.#lose('RequestTimeout', `${timeoutsTolerated} requests in a row were not answered`),
    );
  }

  #startWaiting(): void {
    for (const exchange of this.#waiting) {
      if (this.#inFlight.size >= this.#windowSize || this.#end !== undefined) break;
      this.#waiting.delete(exchange);
      exchange.refId = this.#ids.next((id) => this.#inFlight.has(id));
      this.#inFlight.set(exchange.refId, exchange);
      this.#send(exchange);
    }
    this.#report();
  }

  #send(exchange: Exchange): void {
    try {
      const bytes = this.#options.session.encode(exchange.message, exchange.refId);
      exchange.parcel = this.#outbox.send(bytes, () => exchange.markSent());
    } catch (cause) {
      exchange.fail(new ConfigServerError('MalformedBody', 'the request cannot be encoded', { cause }));
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#end !== undefined) return;
    this.#keepAlive?.received();
    const events = this.#options.session.receive(chunk);
    for (const event of events) {
      this.#handle(event);
      if (this.#end !== undefined) return;
    }
    this.#frameTimer.update(this.#options.session.bytesPending > 0, events.length > 0);
  }

  #handle(event: WireEvent): void {
    switch (event.kind) {
      case 'message':
        if (event.refId === 0) this.onNotification(event.message, event.bytes);
        else this.#answer(event.refId, event.message);
        return;
      case 'ping':
        this.#outbox.sendNow(this.#options.session.encodePong(event.nonce));
        if (this.#tracesPolls)
          this.#options.log.info({ endpoint: this.endpoint }, 'keep-alive poll answered');
        return;
      case 'pong':
        this.#keepAlive?.pong(event.nonce);
        if (this.#tracesPolls)
          this.#options.log.info({ endpoint: this.endpoint }, 'keep-alive answer received');
        return;
      case 'malformed':
        this.#malformed(event);
        return;
      case 'close':
        this.#lose(
          closeReason(event.code),
          `the server closed the connection (${event.code})`,
          undefined,
          event.text,
        );
        return;
      case 'violation':
        if (event.reply !== undefined) this.#outbox.sendNow(event.reply);
        this.#lose(event.code, 'the peer does not keep to the protocol', undefined, event.detail);
    }
  }

  #answer(refId: number, message: ConfMessage): void {
    const exchange = this.#inFlight.get(refId);
    if (exchange === undefined) this.#dropAnswer(refId);
    else if (message.name !== 'EventError') exchange.receive(message);
    else exchange.refuse(serverError(message.body, { endpoint: this.endpoint, refId }));
  }

  #dropAnswer(refId: number): void {
    const kind = this.#ids.classify(refId);
    this.#options.metrics.answerDropped?.(kind);
    if (kind === 'late') return;
    this.#unknownAnswers += 1;
    if (this.#unknownAnswers < unknownAnswersTolerated) return;
    this.#outbox.sendNow(
      this.#options.session.encodeClose('protocol-violation', 'answers to unknown requests'),
    );
    this.#lose('ProtocolViolation', 'the server answers requests that were never sent');
  }

  #malformed(event: Extract<WireEvent, { kind: 'malformed' }>): void {
    const { endpoint } = this;
    this.#options.log.warn(
      { endpoint, refId: event.refId, messageId: event.messageId, detail: event.detail },
      'unreadable message',
    );
    const exchange = this.#inFlight.get(event.refId);
    if (exchange !== undefined) {
      const options = { endpoint, refId: event.refId, sent: true, detail: event.detail };
      exchange.fail(new ConfigServerError('MalformedBody', 'the answer could not be read', options));
      this.#ids.abandon(event.refId);
    } else if (event.refId !== 0) {
      this.#dropAnswer(event.refId);
    }
  }

  #poll(nonce: bigint): void {
    this.#options.metrics.keepAlivePoll?.();
    if (this.#tracesPolls) this.#options.log.info({ endpoint: this.endpoint }, 'keep-alive poll sent');
    this.#outbox.sendNow(this.#options.session.encodePing(nonce));
  }

  #lose(code: ConfigServerErrorCode, message: string, cause?: unknown, detail?: string): void {
    if (this.#end !== undefined) return;
    this.#finish(new ConfigServerError(code, message, { endpoint: this.endpoint, cause, detail }));
  }

  #finish(error: ConfigServerError): void {
    this.#end = error;
    this.#keepAlive?.stop();
    this.#frameTimer.stop();
    this.#outbox.end();
    for (const exchange of [...this.#inFlight.values(), ...this.#waiting]) {
      exchange.fail(this.#copyOfEnd(exchange.isSent, exchange.refId));
    }
    this.#inFlight.clear();
    this.#waiting.clear();
    this.#endSocket();
    this.#onDrained?.();
    this.#ended.resolve(error);
  }

  /** Written bytes get a short time to leave, and a peer that reads nothing cannot keep the socket open. */
  #endSocket(): void {
    this.#socket.resume();
    this.#socket.end();
    const timer = this.#options.clock.setTimer(closeGraceMs, () => this.#socket.destroy());
    this.#socket.once('close', () => timer.cancel());
    if (this.#socket.readableEnded || this.#socket.writableLength === 0) this.#socket.destroy();
  }

  /** What each pending request sees: the loss itself, with its own `sent`. */
  #copyOfEnd(isSent: boolean, refId: number | undefined): ConfigServerError {
    const end = this.#end as ConfigServerError;
    const code = end.code === 'ClientClosed' ? 'ClientClosed' : 'ConnectionLost';
    return new ConfigServerError(code, end.message, {
      endpoint: this.endpoint,
      refId,
      sent: isSent,
      cause: end,
      detail: end.detail,
    });
  }

  #report(): void {
    this.#options.metrics.inFlight?.(this.#inFlight.size);
    this.#options.metrics.queueDepth?.(this.#waiting.size);
  }
}
