/** One client's connection on the server side, from the first byte to the end. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Timer } from '@gatehouse/config-server-client/clock';
import { FrameTimer } from '@gatehouse/config-server-client/connection/frame-timer';
import { KeepAlive } from '@gatehouse/config-server-client/connection/keep-alive';
import { Outbox } from '@gatehouse/config-server-client/connection/outbox';
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire/message';
import { ocpWire } from '@gatehouse/config-server-client/wire/ocp/ocp-wire';
import {
  type CloseCode,
  defaultWireLimits,
  type WireEvent,
  type WireSession,
} from '@gatehouse/config-server-client/wire/wire-protocol';
import { describeRequest } from './describe-request.ts';
import { handleRequest } from './handle-request.ts';
import { RequestRefused } from './request-refused.ts';
import type { ServerContext } from './server-context.ts';
import type { Subscription } from './subscription.ts';

/** Who a registered session is; RequestAuthenticate never changes it. */
export interface SessionIdentity {
  applicationDbid: number;
  applicationName: string;
  accountDbid: number;
  userName: string;
  tenantDbid: number;
}

type Addp = MessageBody<'EventAddpUpdated'>;

const closeGraceMs = 1_000;

export class ClientSession {
  readonly id = randomUUID();
  readonly address: string;
  identity: SessionIdentity | undefined;
  subscriptions: Subscription[] = [];
  readonly #socket: Socket;
  readonly #context: ServerContext;
  readonly #wire: WireSession;
  readonly #outbox: Outbox;
  readonly #frameTimer: FrameTimer;
  #keepAlive: KeepAlive | undefined;
  #tracesPolls = false;
  #registerTimer: Timer | undefined;
  #idleTimer: Timer | undefined;
  #inFlight = 0;
  #isEnded = false;
  readonly #ended = Promise.withResolvers<void>();
  #registering = false;

  constructor(socket: Socket, context: ServerContext) {
    this.#socket = socket;
    this.#context = context;
    this.address = socket.remoteAddress ?? 'unknown';
    const { limits, clock } = context;
    this.#wire = ocpWire().createSession('server', {
      ...defaultWireLimits,
      maxFrameBytes: limits.maxFrameBytesBeforeRegistration,
    });
    this.#outbox = new Outbox(socket);
    this.#frameTimer = new FrameTimer(clock, limits.frameTimeoutMs, () => this.close('frame-timeout'));
    this.#registerTimer = clock.setTimer(limits.registerTimeoutMs, () => this.close('register-timeout'));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) =>
      this.#context.log.debug({ address: this.address, error: error.message }, 'connection error'),
    );
    socket.on('close', () => this.#end());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Resolves when the connection is over. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Bytes that the client has not taken yet. */
  get pendingBytes(): number {
    return this.#outbox.pendingBytes;
  }

  /** Sends an answer, or with refId 0 a notification. A client that does not take its bytes is dropped. */
  send(message: ConfMessage, refId = 0): void {
    const { onAnswer } = this.#context.faults;
    if (onAnswer === undefined) this.#sendNow(message, refId);
    else onAnswer(message, refId, (changed, changedRefId) => this.#sendNow(changed, changedRefId));
  }

  /** Takes effect at once; times as the client sees them, so our own watch is its remote timeout. */
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
        this.#write(this.#wire.encodePing(nonce));
      },
      onLost: () => this.close('keep-alive-timeout'),
    });
  }

  /** The session is registered: bigger frames, no more time limit for registration. */
  admit(identity: SessionIdentity): void {
    this.identity = identity;
    this.#registerTimer?.cancel();
    this.#wire.setLimits({ maxFrameBytes: this.#context.limits.maxFrameBytes });
  }

  /** Says why, then ends. Idempotent. */
  close(code: CloseCode, text?: string): void {
    if (this.#isEnded) return;
    // Behind what is queued: an error that explains the end must arrive before it.
    this.#outbox.send(this.#wire.encodeClose(code, text));
    this.#context.log.info({ session: this.id, address: this.address, code }, 'closing connection');
    this.#endSocket();
  }

  /** The end without a word, as when a process dies. */
  drop(): void {
    this.#socket.resetAndDestroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#keepAlive?.received();
    this.#watchIdle();
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
        void this.#serve(event.message, event.refId);
        return;
      case 'malformed':
        this.#refuse(new RequestRefused(event.code, event.detail), event.refId);
        if (this.identity === undefined) this.close('protocol-violation');
        return;
      case 'ping':
        if (this.#context.faults.ignorePings !== true) this.#write(this.#wire.encodePong(event.nonce));
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

  async #serve(message: ConfMessage, refId: number): Promise<void> {
    const { log, clock, faults, limits } = this.#context;
    if (!this.#mayServe(message, refId)) return;
    const startedAtMs = clock.monotonicMs();
    this.#inFlight += 1;
    let outcome = 'ok';
    try {
      await faults.beforeRequest?.(message);
      if (this.#inFlight > limits.maxInFlight) {
        throw new RequestRefused('Overloaded', 'too many requests in flight', {
          retryable: true,
          retryAfterMs: 100,
        });
      }
      await handleRequest(message, refId, this, this.#context);
    } catch (error) {
      const refusal = this.#asRefusal(error);
      outcome = refusal.code;
      this.#refuse(refusal, refId);
      if (message.name === 'RequestRegisterClient' && this.identity === undefined)
        this.#afterRefusedRegistration(refusal);
    } finally {
      this.#inFlight -= 1;
      if (message.name === 'RequestRegisterClient') this.#registering = false;
    }
    const durationMs = Math.round((clock.monotonicMs() - startedAtMs) * 10) / 10;
    log.info(
      { client: this.identity?.applicationName, ...describeRequest(message), outcome, durationMs },
      'request',
    );
  }

  /** Before registration there is exactly one thing to say. */
  #mayServe(message: ConfMessage, refId: number): boolean {
    if (!message.name.startsWith('Request')) {
      this.close('protocol-violation', 'only requests may be sent to a server');
      return false;
    }
    if (message.name === 'RequestRegisterClient') {
      const isSecond = this.identity !== undefined || this.#registering;
      if (isSecond)
        this.#refuse(new RequestRefused('AlreadyRegistered', 'this session is registered'), refId);
      this.#registering ||= !isSecond;
      return !isSecond;
    }
    if (this.identity !== undefined) return true;
    this.#refuse(
      new RequestRefused('NotRegistered', 'the first message must be RequestRegisterClient'),
      refId,
    );
    this.close('protocol-violation', 'not registered');
    return false;
  }

  #asRefusal(error: unknown): RequestRefused {
    if (error instanceof RequestRefused) return error;
    this.#context.log.error({ session: this.id, error }, 'request failed');
    return new RequestRefused('InternalError', 'internal error');
  }

  #afterRefusedRegistration(refusal: RequestRefused): void {
    this.close(refusal.code === 'NotPrimary' ? 'not-primary' : 'normal');
  }

  #refuse(refusal: RequestRefused, refId: number): void {
    this.send({ name: 'EventError', body: refusal.toEvent() }, refId);
  }

  #sendNow(message: ConfMessage, refId: number): void {
    if (this.#isEnded) return;
    const bytes = this.#wire.encode(message, refId);
    const { onBytes } = this.#context.faults;
    this.#outbox.send(onBytes === undefined ? bytes : onBytes(bytes));
    if (this.#outbox.pendingBytes > this.#context.limits.sendBufferBytes) this.close('slow-consumer');
  }

  /** Polls and their answers go ahead of queued data. */
  #write(bytes: Uint8Array): void {
    if (!this.#isEnded && this.#socket.writable) this.#outbox.sendNow(bytes);
  }

  #watchIdle(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = this.#context.clock.setTimer(this.#context.limits.idleTimeoutMs, () =>
      this.close('idle'),
    );
  }

  #tracePoll(what: string): void {
    if (this.#tracesPolls) this.#context.log.info({ session: this.id, address: this.address }, what);
  }

  /** Queued answers leave first; a client that does not read cannot keep the socket. */
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
    this.#idleTimer?.cancel();
    this.#ended.resolve();
    this.subscriptions = [];
    this.#context.sessions.remove(this);
  }
}
