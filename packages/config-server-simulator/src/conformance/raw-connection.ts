/** A connection without any cleverness: sends what a check wants, and shows what comes back. */
import net from 'node:net';
import tls from 'node:tls';
import type { ConfMessage, MessageName } from '@gatehouse/config-server-client/wire/message';
import { ocpWire } from '@gatehouse/config-server-client/wire/ocp/ocp-wire';
import {
  defaultWireLimits,
  type WireEvent,
  type WireSession,
} from '@gatehouse/config-server-client/wire/wire-protocol';
import { CheckFailed } from './check-failed.ts';

export interface RawTarget {
  host: string;
  port: number;
  tls?: tls.ConnectionOptions | undefined;
}

const patienceMs = 5_000;

export class RawConnection {
  readonly session: WireSession = ocpWire().createSession('client', defaultWireLimits);
  readonly #socket: net.Socket;
  readonly #events: WireEvent[] = [];
  #bytesReceived = 0;
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
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

  static async open(target: RawTarget): Promise<RawConnection> {
    const { host, port } = target;
    const socket =
      target.tls === undefined ? net.connect({ host, port }) : tls.connect({ ...target.tls, host, port });
    await new Promise<void>((resolve, reject) => {
      socket.once(target.tls === undefined ? 'connect' : 'secureConnect', () => resolve());
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  send<Name extends MessageName>(name: Name, body: object, refId: number): void {
    this.write(this.session.encode({ name, body } as unknown as ConfMessage, refId));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** One message to this request. */
  async answer(refId: number): Promise<ConfMessage> {
    const event = await this.#next((candidate) => candidate.kind === 'message' && candidate.refId === refId);
    return (event as Extract<WireEvent, { kind: 'message' }>).message;
  }

  /** One answer, which must have this name. */
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

  async expectClosed(): Promise<void> {
    await this.#until(() => this.#isClosed, 'the connection was expected to be closed');
  }

  end(): void {
    this.#socket.destroy();
  }

  async #next(matches: (event: WireEvent) => boolean): Promise<WireEvent> {
    let found: WireEvent | undefined;
    await this.#until(() => {
      const index = this.#events.findIndex(matches);
      if (index !== -1) [found] = this.#events.splice(index, 1);
      return found !== undefined || this.#isClosed;
    }, 'no answer came');
    if (found === undefined) throw new CheckFailed('the connection was closed instead of an answer');
    return found;
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const deadline = AbortSignal.timeout(patienceMs);
    deadline.addEventListener('abort', () => this.#wake());
    while (!condition()) {
      if (deadline.aborted) throw new CheckFailed(`${what} within ${patienceMs} ms`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
