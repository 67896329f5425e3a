/** Holds one client: its identity, its subscriptions, and its requests, each answered once. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { CloseCode, ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire';
import { RequestRefused } from '../objects/request-refused.ts';
import type { Change } from '../store/change-log.ts';
import { ClientLink, type LinkContext, type RequestEvent } from './client-link.ts';
import { describeRequest } from './describe-request.ts';

export type Subscription = MessageBody<'RequestRegisterNotification'>['subscriptions'][number];

/** The registered application and account; RequestAuthenticate never changes them. */
export interface SessionIdentity {
  applicationDbid: number;
  applicationName: string;
  accountDbid: number;
  userName: string;
  tenantDbid: number;
}

/** Answers one request completely. @throws RequestRefused to be sent as EventError */
export type RequestHandler = (message: ConfMessage, refId: number, session: ClientSession) => Promise<void>;

export class ClientSession {
  readonly id = randomUUID();
  identity: SessionIdentity | undefined;
  subscriptions: Subscription[] = [];
  readonly #context: LinkContext;
  readonly #handle: RequestHandler;
  readonly #link: ClientLink;
  readonly #ended = Promise.withResolvers<void>();
  #inFlight = 0;
  #registering = false;

  constructor(
    socket: Socket,
    context: LinkContext,
    handlers: { handle: RequestHandler; onEnd: (session: ClientSession) => void },
  ) {
    this.#context = context;
    this.#handle = handlers.handle;
    this.#link = new ClientLink(socket, context, {
      sessionId: this.id,
      onRequest: (event) => this.#receive(event),
      onEnd: () => {
        this.subscriptions = [];
        handlers.onEnd(this);
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

  /** Sent bytes that the client has not received yet. */
  get pendingBytes(): number {
    return this.#link.pendingBytes;
  }

  /** Sends an answer, or with refId 0 a notification. */
  send(message: ConfMessage, refId = 0): void {
    const { onAnswer } = this.#context.faults;
    if (onAnswer === undefined) this.#link.send(message, refId);
    else onAnswer(message, refId, (changed, changedRefId) => this.#link.send(changed, changedRefId));
  }

  /** Whether one of its subscriptions matches the change. */
  wants(change: Change): boolean {
    return this.subscriptions.some(
      ({ objectType, tenantDbid, dbid }) =>
        objectType === change.objectType &&
        (tenantDbid === undefined || tenantDbid === change.tenantDbid) &&
        (dbid === undefined || dbid === change.dbid),
    );
  }

  /** Keep-alive times take effect at once. */
  watch(addp: MessageBody<'EventAddpUpdated'>): void {
    this.#link.watch(addp);
  }

  /** The session is registered. */
  admit(identity: SessionIdentity): void {
    this.identity = identity;
    this.#link.admit();
  }

  /** Sends the reason, then ends. Idempotent. */
  close(code: CloseCode, text?: string): void {
    this.#link.close(code, text);
  }

  /** Resets the connection, as when a process dies. */
  drop(): void {
    this.#link.drop();
  }

  #receive(event: RequestEvent): void {
    if (event.refId === 0 && !isUnknown(event)) {
      this.close('protocol-violation', 'a request needs a reference id');
    } else if (event.kind === 'message') {
      void this.#serve(event.message, event.refId);
    } else {
      // An unknown message without a reference id is a notification: no answer is expected.
      if (event.refId !== 0) this.#refuse(new RequestRefused(event.code, event.detail), event.refId);
      if (this.identity === undefined) this.close('protocol-violation', 'not registered');
    }
  }

  async #serve(message: ConfMessage, refId: number): Promise<void> {
    const { log, clock, faults, limits } = this.#context;
    if (!this.#mayServe(message, refId)) return;
    const startedAtMs = clock.monotonicMs();
    this.#inFlight += 1;
    // Decided on arrival: the request above the limit is refused, not those before it.
    const isAboveLimit = this.#inFlight > limits.maxInFlight;
    let outcome = 'ok';
    try {
      if (isAboveLimit) {
        throw new RequestRefused('Overloaded', 'too many requests in flight', {
          retryable: true,
          retryAfterMs: 100,
        });
      }
      if (faults.beforeRequest !== undefined) await faults.beforeRequest(message);
      await this.#handle(message, refId, this);
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

  /** Before registration only RequestRegisterClient is allowed. */
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

function isUnknown(event: RequestEvent): boolean {
  return event.kind === 'malformed' && event.code === 'UnknownMessage';
}
