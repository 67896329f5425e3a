/** One client: who it is, what it wants to hear of, and its requests, each answered once. */

import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire/message';
import type { CloseCode } from '@gatehouse/config-server-client/wire/wire-protocol';
import { ClientLink, type ClientSays } from './client-link.ts';
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

export class ClientSession {
  readonly id = randomUUID();
  identity: SessionIdentity | undefined;
  subscriptions: Subscription[] = [];
  readonly #context: ServerContext;
  readonly #link: ClientLink;
  readonly #ended = Promise.withResolvers<void>();
  #inFlight = 0;
  #registering = false;

  constructor(socket: Socket, context: ServerContext) {
    this.#context = context;
    this.#link = new ClientLink(socket, context, {
      sessionId: this.id,
      onSays: (event) => this.#hear(event),
      onEnd: () => {
        this.subscriptions = [];
        context.sessions.remove(this);
        this.#ended.resolve();
      },
    });
  }

  get address(): string {
    return this.#link.address;
  }

  get isEnded(): boolean {
    return this.#link.isEnded;
  }

  /** Resolves when the connection is over. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Bytes that the client has not taken yet. */
  get pendingBytes(): number {
    return this.#link.pendingBytes;
  }

  /** Sends an answer, or with refId 0 a notification. */
  send(message: ConfMessage, refId = 0): void {
    const { onAnswer } = this.#context.faults;
    if (onAnswer === undefined) this.#link.send(message, refId);
    else onAnswer(message, refId, (changed, changedRefId) => this.#link.send(changed, changedRefId));
  }

  watch(addp: MessageBody<'EventAddpUpdated'>): void {
    this.#link.watch(addp);
  }

  /** The session is registered. */
  admit(identity: SessionIdentity): void {
    this.identity = identity;
    this.#link.admit();
  }

  /** Says why, then ends. Idempotent. */
  close(code: CloseCode, text?: string): void {
    this.#link.close(code, text);
  }

  /** The end without a word, as when a process dies. */
  drop(): void {
    this.#link.drop();
  }

  #hear(event: ClientSays): void {
    if (event.refId === 0 && !isUnknown(event)) {
      this.close('protocol-violation', 'a request needs a reference id');
    } else if (event.kind === 'message') {
      void this.#serve(event.message, event.refId);
    } else {
      // What is unsolicited and unknown has nobody who waits for an answer.
      if (event.refId !== 0) this.#refuse(new RequestRefused(event.code, event.detail), event.refId);
      if (this.identity === undefined) this.close('protocol-violation', 'not registered');
    }
  }

  async #serve(message: ConfMessage, refId: number): Promise<void> {
    const { log, clock, faults, limits } = this.#context;
    if (!this.#mayServe(message, refId)) return;
    const startedAtMs = clock.monotonicMs();
    this.#inFlight += 1;
    // Judged on arrival: the one too many is refused, not those before it.
    const isOneTooMany = this.#inFlight > limits.maxInFlight;
    let outcome = 'ok';
    try {
      if (isOneTooMany) {
        throw new RequestRefused('Overloaded', 'too many requests in flight', {
          retryable: true,
          retryAfterMs: 100,
        });
      }
      if (faults.beforeRequest !== undefined) await faults.beforeRequest(message);
      await handleRequest(message, refId, this, this.#context);
    } catch (error) {
      const refusal = this.#asRefusal(error);
      outcome = refusal.code;
      this.#refuse(refusal, refId);
      if (message.name === 'RequestRegisterClient' && this.identity === undefined) {
        this.close(refusal.code === 'NotPrimary' ? 'not-primary' : 'normal');
      }
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

  #refuse(refusal: RequestRefused, refId: number): void {
    this.send({ name: 'EventError', body: refusal.toEvent() }, refId);
  }
}

function isUnknown(event: ClientSays): boolean {
  return event.kind === 'malformed' && event.code === 'UnknownMessage';
}
