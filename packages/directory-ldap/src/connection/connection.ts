/** Sends requests over one connection to an LDAP server and gives each its answers. Nothing here connects again. */
import type { Socket } from 'node:net';
import { endSocket } from '@gatehouse/config-server-client/connection';
import { type Endpoint, endpointName } from '@gatehouse/config-server-client/discovery';
import type { Clock } from '@gatehouse/config-server-client/surroundings';
import { ConfigServerError } from '@gatehouse/people-directory';
import { PresenceFilter } from 'ldapts';
import { type Answer, messageIdOf, operations, readAnswer } from '../wire/answers.ts';
import { WireProblem } from '../wire/ber.ts';
import { FrameReader, maxMessageBytes } from '../wire/frames.ts';
import { abandonRequest, searchRequest, unbindRequest } from '../wire/requests.ts';
import { referred } from '../wire/results.ts';
import { createLiveness } from './liveness.ts';
import {
  type Answered,
  type Call,
  type CallLimits,
  cutAnswer,
  keeps,
  type Pending,
  PendingCalls,
} from './pending.ts';

export type { CallLimits } from './pending.ts';

export interface ConnectionOptions {
  clock: Clock;
  silenceMs: number;
}

/** Between two answers that somebody waits for. Samba sends everybody of a domain, whatever the size limit of the search. */
const maxDroppedBytes = 64 * 1_048_576;
/** A server that answers slowly must not collect calls without end. */
const maxPending = 1_000;
const lastMessageId = 0x7fff_ffff;

export class LdapConnection {
  readonly endpoint: Endpoint;
  /** Directories know no epochs. */
  readonly serverEpoch = 0;
  readonly isEncrypted: boolean;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #frames = new FrameReader((...long) => this.#receiveLong(...long));
  readonly #calls: PendingCalls;
  readonly #ended = Promise.withResolvers<ConfigServerError>();
  readonly #liveness: ReturnType<typeof createLiveness>;
  #messageId = 0;
  #failure: ConfigServerError | undefined;
  #droppedBytes = 0;

  constructor(socket: Socket, endpoint: Endpoint, isEncrypted: boolean, options: ConnectionOptions) {
    this.endpoint = endpoint;
    this.isEncrypted = isEncrypted;
    this.#socket = socket;
    this.#clock = options.clock;
    this.#calls = new PendingCalls(options.clock, () => this.#liveness.stop());
    this.#liveness = createLiveness({
      ...options,
      probe: () => void this.#probe().catch(() => undefined),
      // Under this code the standby tries the server last.
      onDead: () => this.#end(this.#error('RequestTimeout', `no answer for ${options.silenceMs} ms`)),
    });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#end(this.#lost(error.message)));
    socket.on('close', () => this.#end(this.#lost('the server closed the connection')));
  }

  /** Resolves with the reason when the connection cannot be used any more. */
  get ended(): Promise<ConfigServerError> {
    return this.#ended.promise;
  }

  /** Of the clock that decides what has expired. */
  get nowMs(): number {
    return this.#clock.nowMs();
  }

  /** Resolves when no request is in flight. */
  drained(): Promise<void> {
    return this.#calls.drained();
  }

  close(reason: ConfigServerError): void {
    if (this.#failure !== undefined) return;
    this.#socket.write(unbindRequest(this.#nextMessageId()));
    this.#end(reason);
  }

  /**
   * Resolves with the result, whatever its code. With `mayCut`, entries beyond `maxEntries` are left out and the result is that
   * of a server that keeps the size limit; without, they are an error. Errors: ConnectionLost, RequestTimeout, Aborted,
   * AnswerTooLong, ProtocolViolation, Unsupported (a search was referred elsewhere).
   */
  exchange(call: Call, limits: CallLimits): Promise<Answered> {
    if (limits.signal?.aborted === true)
      return Promise.reject(this.#error('Aborted', 'the call was aborted'));
    if (this.#failure !== undefined) {
      return Promise.reject(this.#error('ConnectionLost', 'the connection is closed', { sent: false }));
    }
    if (this.#calls.size >= maxPending)
      return Promise.reject(this.#error('QueueFull', 'too many calls wait for the directory'));
    const messageId = this.#nextMessageId();
    const answered = this.#calls.add(messageId, call, limits, (pending, why) => {
      const message = why === 'Aborted' ? 'the call was aborted' : 'the directory did not answer in time';
      this.#refuse(pending, this.#error(why, message, { sent: true }));
    });
    this.#socket.write(call.encode(messageId));
    // RFC 4511 section 4.2.1: nothing may be asked while a bind is under way.
    if (call.operation !== operations.bind) this.#liveness.waiting();
    return answered;
  }

  #read(chunk: Buffer): void {
    this.#liveness.heard(this.#calls.size > 0);
    try {
      for (const message of this.#frames.read(chunk)) {
        if (this.#failure !== undefined) return;
        this.#receive(message);
      }
    } catch (cause) {
      if (!(cause instanceof WireProblem)) throw cause;
      this.#end(
        this.#error('ProtocolViolation', 'the server sent what is not LDAP', { detail: cause.message }),
      );
    }
  }

  #receive(message: Buffer): void {
    const messageId = messageIdOf(message);
    const pending = this.#calls.get(messageId);
    // The answer to a call that was given up, or cut.
    if (pending === undefined && messageId !== 0) {
      this.#drop(message.length);
      return;
    }
    const answer = this.#readFor(pending, message);
    if (answer === undefined) return;
    // RFC 4511 section 4.4.1: the server ends the connection and says so.
    if (pending === undefined) {
      this.#end(this.#error('ShuttingDown', 'the server ends the connection'));
      return;
    }
    if (answer.kind === 'result') {
      if (answer.operation !== pending.operation) throw new WireProblem('an answer is of another operation');
      this.#droppedBytes = 0;
      pending.settle({ result: answer, entries: pending.entries });
      return;
    }
    if (pending.operation !== operations.searchDone) throw new WireProblem('an entry answers no search');
    if (answer.kind === 'reference') {
      this.#refuse(pending, referred(endpointName(this.endpoint)));
      return;
    }
    if (keeps(pending, answer, message.length)) return;
    this.#abandon(pending);
    pending.settle(cutAnswer(pending) ?? this.#tooLong('the directory sends more than it was asked for'));
  }

  /**
   * A whole message with the id of a call is the answer to this call alone. When it is none, the call fails, and others keep the
   * connection.
   */
  #readFor(pending: Pending | undefined, message: Buffer): Answer | undefined {
    try {
      return readAnswer(message);
    } catch (cause) {
      if (!(cause instanceof WireProblem) || pending === undefined) throw cause;
      const options = { sent: true, detail: cause.message };
      const error = this.#error('ProtocolViolation', 'the server sent what is not LDAP', options);
      this.#refuse(pending, error);
      return undefined;
    }
  }

  /** One person's photo must not cost everybody the connection. */
  #receiveLong(head: Buffer, length: number): void {
    const messageId = messageIdOf(head);
    const pending = this.#calls.get(messageId);
    if (pending !== undefined)
      this.#refuse(pending, this.#tooLong(`an entry has more than ${maxMessageBytes} bytes`));
    this.#drop(length);
  }

  #refuse(pending: Pending, error: ConfigServerError): void {
    this.#abandon(pending);
    pending.settle(error);
  }

  /** RFC 4511 section 4.11. The rest of the answer may go on coming; it is dropped. */
  #abandon({ messageId, operation }: Pending): void {
    if (operation === operations.searchDone && this.#failure === undefined)
      this.#socket.write(abandonRequest(messageId)(this.#nextMessageId()));
  }

  #drop(bytes: number): void {
    this.#droppedBytes += bytes;
    // As of a server that is silent: it is tried last, and calls that wait are repeated elsewhere.
    if (this.#droppedBytes > maxDroppedBytes)
      this.#end(this.#error('RequestTimeout', 'the server sends nothing but what nobody waits for'));
  }

  async #probe(): Promise<void> {
    const encode = searchRequest({
      base: '',
      scope: 'base',
      filter: new PresenceFilter({ attribute: 'objectClass' }),
      attributes: ['1.1'],
      sizeLimit: 1,
      timeLimitSeconds: 1,
    });
    const deadlineAtMs = this.#clock.monotonicMs() + 60_000;
    await this.exchange({ encode, operation: operations.searchDone, maxEntries: 1 }, { deadlineAtMs });
  }

  #end(reason: ConfigServerError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#liveness.stop();
    endSocket(this.#socket, this.#clock);
    const lost = reason.code === 'ProtocolViolation' ? reason : this.#lost(reason.message);
    this.#calls.failAll(lost);
    this.#ended.resolve(reason);
  }

  #tooLong(message: string): ConfigServerError {
    return this.#error('AnswerTooLong', message, { sent: true });
  }

  #lost(detail: string): ConfigServerError {
    return this.#error('ConnectionLost', 'the connection to the directory broke', { sent: true, detail });
  }

  #error(
    code: ConfigServerError['code'],
    message: string,
    options: { sent?: boolean; detail?: string } = {},
  ): ConfigServerError {
    return new ConfigServerError(code, message, { ...options, endpoint: endpointName(this.endpoint) });
  }

  #nextMessageId(): number {
    this.#messageId = this.#messageId === lastMessageId ? 1 : this.#messageId + 1;
    return this.#messageId;
  }
}
