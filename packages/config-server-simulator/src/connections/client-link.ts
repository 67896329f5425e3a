/** Exchanges frames with one client: time limits, keep-alive, and the end of the connection with its reason. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { DueTimer, FrameTimer, KeepAlive, Outbox } from '@gatehouse/config-server-client/connection';
import type { Clock, Logger, Timer } from '@gatehouse/config-server-client/surroundings';
import {
  type CloseCode,
  type ConfMessage,
  defaultWireLimits,
  type MessageBody,
  ocpWire,
  type WireEvent,
  type WireSession,
} from '@gatehouse/config-server-client/wire';
import type { FaultHooks } from './fault-hooks.ts';
import type { ServerLimits } from './limits.ts';

type Addp = MessageBody<'EventAddpUpdated'>;
/** Requests of the client; all other frames are handled here. */
export type RequestEvent = Extract<WireEvent, { kind: 'message' | 'malformed' }>;

/** The parts that all connections of one server share. */
export interface LinkContext {
  readonly limits: ServerLimits;
  readonly faults: FaultHooks;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ClientLinkOptions {
  /** Names the session in the log. */
  sessionId: string;
  onRequest: (event: RequestEvent) => void;
  /** Called once, when nothing can be sent or received any more. */
  onEnd: () => void;
}

const closeGraceMs = 1_000;

export class ClientLink {
  readonly address: string;
  readonly #socket: Socket;
  readonly #context: LinkContext;
  readonly #options: ClientLinkOptions;
  readonly #wire: WireSession;
  readonly #outbox: Outbox;
  readonly #frameTimer: FrameTimer;
  #keepAlive: KeepAlive | undefined;
  #tracesPolls = false;
  #registerTimer: Timer | undefined;
  readonly #idleTimer: DueTimer;
  #lastReceivedMs: number;
  #isEnded = false;

  constructor(socket: Socket, context: LinkContext, options: ClientLinkOptions) {
    this.#socket = socket;
    this.#context = context;
    this.#options = options;
    this.address = socket.remoteAddress ?? 'unknown';
    const { limits, clock, log } = context;
    this.#wire = ocpWire().createSession('server', {
      ...defaultWireLimits,
      maxFrameBytes: limits.maxFrameBytesBeforeRegistration,
    });
    this.#outbox = new Outbox(socket);
    this.#frameTimer = new FrameTimer(clock, limits.frameTimeoutMs, () => this.close('frame-timeout'));
    this.#lastReceivedMs = clock.monotonicMs();
    this.#idleTimer = new DueTimer(clock, (nowMs) => this.#watchIdle(nowMs));
    this.#watchIdle(this.#lastReceivedMs);
    this.#registerTimer = clock.setTimer(limits.registerTimeoutMs, () => this.close('register-timeout'));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) =>
      log.debug({ address: this.address, error: error.message }, 'connection error'),
    );
    socket.on('close', () => this.#end());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Sent bytes that the client has not received yet. */
  get pendingBytes(): number {
    return this.#outbox.pendingBytes;
  }

  /** Drops a client that does not receive its bytes. */
  send(message: ConfMessage, refId: number): void {
    if (this.#isEnded) return;
    const bytes = this.#wire.encode(message, refId);
    const { onBytes } = this.#context.faults;
    this.#outbox.send(onBytes === undefined ? bytes : onBytes(bytes));
    this.#dropSlowConsumer();
  }

  /** Takes effect at once. The times are the client's view: the server watches by the remote timeout. */
  watch(addp: Addp): void {
    this.#tracesPolls = addp.traceMode === 'remote' || addp.traceMode === 'both';
    const timeoutMs = addp.remoteTimeout * 1000;
    if (this.#keepAlive !== undefined) {
      this.#keepAlive.setTimeout(timeoutMs);
      return;
    }
    this.#keepAlive = new KeepAlive({
      timeoutMs,
      clock: this.#context.clock,
      nextNonce: () => randomBytes(8).readBigUInt64BE(),
      sendPing: (nonce) => {
        this.#tracePoll('keep-alive poll sent');
        this.#sendNow(this.#wire.encodePing(nonce));
      },
      onLost: () => this.close('keep-alive-timeout'),
    });
  }

  /** Allows larger frames and ends the time limit for registration. */
  admit(): void {
    this.#registerTimer?.cancel();
    this.#wire.setLimits({ maxFrameBytes: this.#context.limits.maxFrameBytes });
  }

  /** Sends the reason, then ends. Idempotent. */
  close(code: CloseCode, text?: string): void {
    if (this.#isEnded) return;
    // Queued behind earlier answers: an error that explains the end must arrive first.
    this.#outbox.send(this.#wire.encodeClose(code, text));
    const session = this.#options.sessionId;
    this.#context.log.info({ session, address: this.address, code, text }, 'closing connection');
    this.#endSocket();
  }

  /** Resets the connection, as when a process dies. */
  drop(): void {
    this.#socket.resetAndDestroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#lastReceivedMs = this.#context.clock.monotonicMs();
    this.#keepAlive?.received();
    const events = this.#wire.receive(chunk);
    for (const event of events) {
      this.#handle(event);
      if (this.#isEnded) return;
    }
    this.#frameTimer.update(this.#wire.bytesPending > 0, events.length > 0);
  }

  #handle(event: WireEvent): void {
    switch (event.kind) {
      case 'message':
      case 'malformed':
        this.#options.onRequest(event);
        return;
      case 'ping':
        if (this.#context.faults.ignorePings !== true) this.#sendNow(this.#wire.encodePong(event.nonce));
        this.#tracePoll('keep-alive poll answered');
        return;
      case 'pong':
        this.#keepAlive?.pong(event.nonce);
        return;
      case 'close':
        this.#endSocket();
        return;
      case 'violation':
        this.#context.log.warn(
          { address: this.address, code: event.code, detail: event.detail },
          'protocol violation',
        );
        if (event.reply !== undefined) this.#outbox.send(event.reply);
        this.#endSocket();
    }
  }

  /** Sends polls and their answers before queued data. */
  #sendNow(bytes: Uint8Array): void {
    if (this.#isEnded || !this.#socket.writable) return;
    this.#outbox.sendNow(bytes);
    this.#dropSlowConsumer();
  }

  /** Counts answers to polls, too: they fill the buffer as all others do. */
  #dropSlowConsumer(): void {
    if (this.#outbox.pendingBytes > this.#context.limits.sendBufferBytes) this.close('slow-consumer');
  }

  #watchIdle(nowMs: number): void {
    const dueMs = this.#lastReceivedMs + this.#context.limits.idleTimeoutMs;
    if (dueMs <= nowMs) this.close('idle');
    else this.#idleTimer.announce(dueMs);
  }

  #tracePoll(what: string): void {
    if (!this.#tracesPolls) return;
    this.#context.log.info({ session: this.#options.sessionId, address: this.address }, what);
  }

  /** Sends queued answers first, within a time limit for clients that do not read. */
  #endSocket(): void {
    if (this.#isEnded) return;
    setImmediate(() => this.#socket.end());
    const timer = this.#context.clock.setTimer(closeGraceMs, () => this.#socket.destroy());
    this.#socket.once('close', () => timer.cancel());
    this.#socket.resume();
    this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#keepAlive?.stop();
    this.#registerTimer?.cancel();
    this.#frameTimer.stop();
    this.#idleTimer.stop();
    this.#options.onEnd();
  }
}
