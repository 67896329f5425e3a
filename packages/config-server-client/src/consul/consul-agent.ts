/** Calls Consul: each call has a time limit and a connection of its own, always settles, and leaves no handle open. */
import { EventEmitter } from 'node:events';
import type { Agent, IncomingMessage } from 'node:http';
import Consul from 'consul';
import type { Clock } from '../surroundings/clock.ts';
import { bareHost, type ConsulAccess, checkedConsulUrl } from './consul-access.ts';
import { ConsulFailure, toConsulFailure } from './consul-failure.ts';

export interface ConsulCall<T> {
  timeLimitMs: number;
  signal?: AbortSignal | undefined;
  /** Makes the call, with `context` among its options. */
  send(consul: Consul, context: CallContext): Promise<T>;
}

/** Options by which the consul package can be cancelled and returns its response. */
export interface CallContext {
  ctx: EventEmitter;
}

export interface ConsulAnswer {
  /** The header X-Consul-Index. */
  index: string | undefined;
  body: unknown;
}

const maxAnswerBytes = 8 * 1024 * 1024;

/**
 * An `import` of node:http reads the names of its WebSocket client too, which loads a second HTTP client: 13 MiB and
 * 50 ms at every start.
 */
const { Agent: HttpAgent } = process.getBuiltinModule('node:http');
const { Agent: HttpsAgent } = process.getBuiltinModule('node:https');

export class ConsulAgent {
  readonly #access: ConsulAccess;
  readonly #url: URL;
  readonly #clock: Clock;

  /** Errors: TypeError for settings that are not usable or not allowed. */
  constructor(access: ConsulAccess, clock: Clock) {
    this.#access = access;
    this.#url = checkedConsulUrl(access);
    this.#clock = clock;
  }

  /** Errors: ConsulFailure; with the reason `cut-off` when the signal aborts. */
  async call({ timeLimitMs, signal, send }: ConsulCall<unknown>): Promise<ConsulAnswer> {
    const context = Object.assign(new EventEmitter(), { includeResponse: true });
    let failure: ConsulFailure | undefined;
    const cancel = (reason: ConsulFailure) => {
      failure ??= reason;
      context.emit('cancel');
    };
    const onAbort = () => cancel(new ConsulFailure('cut-off', 'the call to Consul was ended'));
    if (signal?.aborted === true) throw new ConsulFailure('cut-off', 'the call to Consul was ended');
    const timer = this.#clock.setTimer(timeLimitMs, () =>
      cancel(
        new ConsulFailure('timeout', `Consul gave no answer within ${Math.round(timeLimitMs / 1_000)} s`),
      ),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const answer = await send(this.#consul(this.#httpAgent(cancel)), { ctx: context });
      const [response, body] = answer as [IncomingMessage, unknown];
      const index = response.headers['x-consul-index'];
      return { index: typeof index === 'string' ? index : undefined, body };
    } catch (cause) {
      throw failure ?? toConsulFailure(cause);
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #consul(agent: Agent): Consul {
    const { protocol, hostname, port, pathname } = this.#url;
    const { token, datacenter } = this.#access;
    const authority = port === '' ? hostname : `${hostname}:${port}`;
    const defaults: { token?: string; dc?: string } = {};
    if (token !== undefined) defaults.token = token;
    if (datacenter !== undefined) defaults.dc = datacenter;
    const options = {
      // Missing in the package's types, and the only way to keep a path before /v1.
      baseUrl: `${protocol}//${authority}${pathname.replace(/\/+$/, '')}/v1`,
      agent,
      defaults,
    };
    return new Consul(options);
  }

  /**
   * An agent for one call. Ends two cases that the package does not: a connection that closes within an answer, and an
   * answer without limit.
   */
  #httpAgent(cancel: (reason: ConsulFailure) => void): Agent {
    const { ca, cert, key, serverName } = this.#access.tls ?? {};
    const agent =
      this.#url.protocol === 'https:'
        ? new HttpsAgent({ minVersion: 'TLSv1.2', ca, cert, key, servername: serverName })
        : new HttpAgent();
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (options, callback) => {
      // The package passes an IPv6 address with its brackets.
      const socket = connect({ ...options, host: bareHost(this.#url) }, callback);
      let receivedBytes = 0;
      socket?.on('data', (chunk: Buffer) => {
        receivedBytes += chunk.length;
        if (receivedBytes > maxAnswerBytes)
          cancel(new ConsulFailure('too-large', 'the answer of Consul is too large'));
      });
      socket?.once('close', () => {
        // A complete answer has settled the call by then.
        setImmediate(() => cancel(new ConsulFailure('cut-off', 'Consul ended the connection in mid-answer')));
      });
      return socket;
    };
    return agent;
  }
}
