/** Runs the protocol on one socket: requests and answers, notifications, keep-alive, and the end of the connection. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { ConfigServerError, type ConfigServerErrorCode } from '@gatehouse/people-directory';
import type { Clock } from '../surroundings/clock.ts';
import { type Logger, SparseWarning } from '../surroundings/log.ts';
import type { ConnectionMetrics } from '../surroundings/metrics.ts';
import { type ConfMessage, type MessageName, messageNameOf } from '../wire/message.ts';
import type { CloseCode, WireEvent, WireSession } from '../wire/wire-protocol.ts';
import { endSocket } from './end-socket.ts';
import type { AnswerCollector, ExchangeLimits } from './exchange.ts';
import { FrameTimer } from './frame-timer.ts';
import { KeepAlive } from './keep-alive.ts';
import { Outbox } from './outbox.ts';
import { RequestWindow, type RequestWindowOptions } from './request-window.ts';
import { closeErrorCode } from './server-error.ts';
import { SocketReader } from './socket-reader.ts';
import type { WorkBudget } from './work-budget.ts';

export interface ChannelOptions
  extends Pick<RequestWindowOptions, 'endpoint' | 'windowSize' | 'queueSize' | 'firstReferenceId'> {
  session: WireSession;
  clock: Clock;
  log: Logger;
  metrics: ConnectionMetrics;
  budget: WorkBudget;
  /** Limit from the first to the last byte of one frame. Default 30 000. */
  frameTimeoutMs?: number;
}

/** The requests of a full window are a fraction of this. A peer that leaves more untaken does not read. */
const maxUnreadBytes = 1024 * 1024;

export class Channel {
  readonly endpoint: string;
  /** Called with every unsolicited message. */
  onNotification: (message: ConfMessage, bytes: number) => void = () => undefined;
  /** Called with the name of an unsolicited message that cannot be read. */
  onUnreadableNotification: (name: MessageName) => void = () => undefined;
  readonly #socket: Duplex;
  readonly #options: ChannelOptions;
  readonly #outbox: Outbox;
  readonly #window: RequestWindow;
  readonly #reader: SocketReader;
  readonly #frameTimer: FrameTimer;
  readonly #unreadable: SparseWarning;
  readonly #ended = Promise.withResolvers<ConfigServerError>();
  #keepAlive: KeepAlive | undefined;
  #tracesPolls = false;
  #end: ConfigServerError | undefined;

  constructor(socket: Duplex, options: ChannelOptions) {
    this.endpoint = options.endpoint;
    this.#socket = socket;
    this.#options = options;
    this.#outbox = new Outbox(socket);
    this.#unreadable = new SparseWarning(options.clock, options.log, 'unreadable message');
    this.#window = new RequestWindow({
      ...options,
      send: (message, refId, onWritten) =>
        this.#outbox.send(options.session.encode(message, refId), onWritten),
      onForeignAnswers: () => this.#refuseForeignAnswers(),
      isReading: () => !this.#reader.isPaused,
      onUnresponsive: (requests) =>
        this.#lose('RequestTimeout', `${requests} requests in a row were not answered`),
    });
    const frameTimeoutMs = options.frameTimeoutMs ?? 30_000;
    this.#frameTimer = new FrameTimer(options.clock, frameTimeoutMs, () =>
      this.#lose('ConnectionLost', `a message did not end within ${frameTimeoutMs} ms`),
    );
    this.#reader = new SocketReader(socket, {
      ...options,
      onBytes: (piece) => this.#receive(piece),
      timers: () => [this.#keepAlive, this.#frameTimer],
    });
    socket.on('error', (error) => this.#lose('ConnectionLost', 'the connection broke', undefined, error));
    socket.on('end', () => this.#lose('ConnectionLost', 'the server closed the connection'));
    socket.on('close', () => this.#lose('ConnectionLost', 'the connection was closed'));
  }

  /** Resolves with the reason when the channel cannot be used any more. */
  get ended(): Promise<ConfigServerError> {
    return this.#ended.promise;
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Sends a request and passes its answers to `collect`. Settles exactly once. Errors: ConfigServerError. */
  exchange<T>(message: ConfMessage, collect: AnswerCollector<T>, limits: ExchangeLimits): Promise<T> {
    if (this.#end !== undefined) return Promise.reject(this.#copyOfEnd(false, undefined));
    return this.#window.exchange(message, collect, limits);
  }

  /** Starts the keep-alive, or changes its time on the open connection. */
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
    this.#window.setSize(requests);
  }

  /** Backpressure: stops reading. Keep-alive and frame timer rest meanwhile. */
  pauseReading(): void {
    this.#reader.pause('listeners');
  }

  resumeReading(): void {
    this.#reader.resume('listeners');
  }

  /** Resolves when no request is left or the channel ended. The caller must send no new ones. */
  drained(): Promise<void> {
    return this.#window.drained();
  }

  /** Sends CLOSE and ends the connection; pending requests fail with `error`. Idempotent. */
  close(code: CloseCode, error: ConfigServerError): void {
    if (this.#end !== undefined) return;
    this.#outbox.sendNow(this.#options.session.encodeClose(code));
    this.#finish(error);
  }

  #receive(piece: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#keepAlive?.received();
    const events = this.#options.session.receive(piece);
    let poll: bigint | undefined;
    for (const event of events) {
      if (event.kind === 'ping') poll = event.nonce;
      else this.#handle(event);
      if (this.#end !== undefined) return;
    }
    this.#frameTimer.update(this.#options.session.bytesPending > 0, events.length > 0);
    // Any byte answers every poll (docs/protocol.md, section 5): a flood of polls costs one answer.
    if (poll !== undefined) this.#answerPoll(poll);
  }

  #handle(event: Exclude<WireEvent, { kind: 'ping' }>): void {
    switch (event.kind) {
      case 'message':
        this.#options.budget.read(event.heldBytes);
        if (event.refId === 0) this.onNotification(event.message, event.heldBytes);
        else this.#window.answer(event.refId, event.message, event.heldBytes);
        return;
      case 'pong':
        if (this.#keepAlive?.pong(event.nonce) === true) this.#trace('keep-alive answer received');
        return;
      case 'malformed':
        this.#malformed(event);
        return;
      case 'close':
        this.#lose(
          closeErrorCode(event.code),
          `the server closed the connection (${event.code})`,
          event.text,
        );
        return;
      case 'violation':
        if (event.reply !== undefined) this.#outbox.sendNow(event.reply);
        this.#lose(event.code, `the server does not speak the protocol: ${event.detail}`);
    }
  }

  #malformed({ refId, messageId, detail }: Extract<WireEvent, { kind: 'malformed' }>): void {
    this.#unreadable.warn({ endpoint: this.endpoint, refId, messageId, detail });
    this.#options.budget.unreadable();
    const name = messageNameOf(messageId);
    if (refId !== 0) this.#window.answerUnreadable(refId, detail);
    else if (name !== undefined) this.onUnreadableNotification(name);
  }

  #refuseForeignAnswers(): void {
    this.#outbox.sendNow(
      this.#options.session.encodeClose('protocol-violation', 'answers to unknown requests'),
    );
    this.#lose('ProtocolViolation', 'the server answers requests that were never sent');
  }

  /** Ends a peer that polls without reading the answers: they would fill the memory. */
  #answerPoll(nonce: bigint): void {
    this.#outbox.sendNow(this.#options.session.encodePong(nonce));
    this.#trace('keep-alive poll answered');
    if (this.#outbox.pendingBytes > maxUnreadBytes)
      this.#lose('ConnectionLost', 'the server polls but does not take the answers');
  }

  #poll(nonce: bigint): void {
    this.#options.metrics.keepAlivePoll?.();
    this.#trace('keep-alive poll sent');
    this.#outbox.sendNow(this.#options.session.encodePing(nonce));
  }

  #trace(message: string): void {
    if (this.#tracesPolls) this.#options.log.info({ endpoint: this.endpoint }, message);
  }

  #lose(code: ConfigServerErrorCode, message: string, detail?: string, cause?: unknown): void {
    if (this.#end !== undefined) return;
    this.#finish(new ConfigServerError(code, message, { endpoint: this.endpoint, cause, detail }));
  }

  #finish(error: ConfigServerError): void {
    this.#end = error;
    this.#keepAlive?.stop();
    this.#frameTimer.stop();
    this.#reader.end();
    this.#outbox.end();
    this.#window.close((isSent, refId) => this.#copyOfEnd(isSent, refId));
    endSocket(this.#socket, this.#options.clock);
    this.#ended.resolve(error);
  }

  /** The error of one pending request: the loss of the connection, with its own `sent`. */
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
}
