/** Sends what a check wants over one connection, valid or not, and waits for what comes back. */
import type net from 'node:net';
import type { TlsOptions } from '@gatehouse/config-server-client/client';
import { dial } from '@gatehouse/config-server-client/connection';
import {
  type ConfMessage,
  defaultWireLimits,
  type MessageName,
  ocpWire,
  type WireEvent,
  type WireSession,
} from '@gatehouse/config-server-client/wire';

/** The server does not follow the protocol; the message says how. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Nothing arrived within the time limit. */
export class NothingCame extends CheckFailed {}

/** @throws CheckFailed */
export function check(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new CheckFailed(otherwise);
}

export interface RawTarget {
  host: string;
  port: number;
  tls?: TlsOptions | undefined;
  /** Permits plaintext to another machine, although passwords travel in the connection. */
  allowPlaintext?: boolean;
  /** Time limit of one answer. Default 5 000. */
  patienceMs?: number;
}

export class RawConnection {
  readonly session: WireSession = ocpWire().createSession('client', defaultWireLimits);
  readonly #socket: net.Socket;
  readonly #patienceMs: number;
  readonly #events: WireEvent[] = [];
  #bytesReceived = 0;
  #answerBytes = 0;
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: net.Socket, patienceMs: number) {
    this.#socket = socket;
    this.#patienceMs = patienceMs;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#bytesReceived += chunk.length;
      this.#events.push(...this.session.receive(chunk));
      this.#wake();
    });
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** @throws ConfigServerError */
  static async open(target: RawTarget): Promise<RawConnection> {
    const { host, port, tls, allowPlaintext = false, patienceMs = 5_000 } = target;
    const socket = await dial({ host, port }, { tls, allowPlaintext, timeoutMs: patienceMs });
    return new RawConnection(socket, patienceMs);
  }

  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Size of the body of the last answer. */
  get answerBytes(): number {
    return this.#answerBytes;
  }

  send<Name extends MessageName>(name: Name, body: object, refId: number): void {
    this.write(this.session.encode({ name, body } as unknown as ConfMessage, refId));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next message with this reference id. */
  async answer(refId: number): Promise<ConfMessage> {
    const event = await this.#next((candidate) => 'refId' in candidate && candidate.refId === refId);
    if (event.kind === 'message') {
      this.#answerBytes = event.bytes;
      return event.message;
    }
    throw new CheckFailed(`the answer cannot be read: ${(event as { detail: string }).detail}`);
  }

  /** The body of the next answer to this request. @throws CheckFailed for another message */
  async expect<Name extends MessageName>(name: Name, refId: number): Promise<ConfMessage<Name>['body']> {
    const message = await this.answer(refId);
    if (message.name === name) return message.body as ConfMessage<Name>['body'];
    const detail = message.name === 'EventError' ? ` (${message.body.error})` : '';
    throw new CheckFailed(`${name} was expected, ${message.name}${detail} came`);
  }

  async expectError(error: string, refId: number): Promise<ConfMessage<'EventError'>['body']> {
    const body = await this.expect('EventError', refId);
    if (body.error !== error) throw new CheckFailed(`the error ${error} was expected, ${body.error} came`);
    return body;
  }

  /** The next control frame of this kind. */
  next(kind: WireEvent['kind']): Promise<WireEvent> {
    return this.#next((event) => event.kind === kind);
  }

  async expectClosed(withinMs = this.#patienceMs): Promise<void> {
    await this.#until(() => this.#isClosed, 'the connection was expected to be closed', withinMs);
  }

  end(): void {
    this.#socket.destroy();
  }

  async #next(matches: (event: WireEvent) => boolean): Promise<WireEvent> {
    let found: WireEvent | undefined;
    await this.#until(() => {
      const index = this.#events.findIndex(matches);
      if (index !== -1) [found] = this.#events.splice(index, 1);
      return found !== undefined || this.#isClosed || this.#find('violation') !== undefined;
    }, 'no answer came');
    if (found === undefined) throw new CheckFailed(this.#whyNone());
    return found;
  }

  /** The server's reaction in place of an answer. */
  #whyNone(): string {
    const violation = this.#find('violation');
    if (violation !== undefined) return `what came is not this protocol: ${violation.detail}`;
    const close = this.#find('close');
    const said =
      close === undefined ? '' : `, with CLOSE ${[close.code, close.text ?? []].flat().join(': ')}`;
    return `the connection was closed instead of an answer${said}`;
  }

  #find<Kind extends WireEvent['kind']>(kind: Kind): Extract<WireEvent, { kind: Kind }> | undefined {
    return this.#events.find((event): event is Extract<WireEvent, { kind: Kind }> => event.kind === kind);
  }

  async #until(condition: () => boolean, what: string, withinMs = this.#patienceMs): Promise<void> {
    const deadline = AbortSignal.timeout(withinMs);
    deadline.addEventListener('abort', () => this.#wake());
    while (!condition()) {
      if (deadline.aborted) throw new NothingCame(`${what} within ${withinMs} ms`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
