/** One call to Consul at a time limit of its own, over a connection of its own; always settles, never leaves a handle. */
import { EventEmitter } from 'node:events';
import type { Agent, IncomingMessage } from 'node:http';
import Consul from 'consul';
import type { Clock } from '../../clock.ts';
import { bareHost, type ConsulAccess, checkedConsulUrl } from './consul-access.ts';
import { ConsulFailure, toConsulFailure } from './consul-failure.ts';

export interface ConsulCall<T> {
  timeLimitMs: number;
  signal?: AbortSignal | undefined;
  /** Makes the call; `context` must be handed to the consul package with the other options. */
  send(consul: Consul, context: CallContext): Promise<T>;
}

/** Spread into the options of a call: the way in which the consul package is cancelled and shows its response. */
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
 * An `import` of node:http reads all its names, and among them those of a WebSocket client, which loads a second HTTP
 * client: 13 MiB and a twentieth of a second at every start, for nothing.
 */
const { Agent: HttpAgent } = process.getBuiltinModule('node:http');
const { Agent: HttpsAgent } = process.getBuiltinModule('node:https');

export class ConsulAgent {
  readonly #access: ConsulAccess;
  readonly #url: URL;
  readonly #clock: Clock;

  /** Throws TypeError on settings that cannot or must not be used. */
  constructor(access: ConsulAccess, clock: Clock) {
    this.#access = access;
    this.#url = checkedConsulUrl(access);
    this.#clock = clock;
  }

  /** Errors: ConsulFailure, whatever goes wrong; when the signal aborts, one with the reason `cut-off`. */
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
    const options = {
      // The package reads it, its types do not know it: the only way to keep a path in front of /v1.
      baseUrl: `${protocol}//${authority}${pathname.replace(/\/+$/, '')}/v1`,
      agent,
      defaults: {
        ...(token === undefined ? {} : { token }),
        ...(datacenter === undefined ? {} : { dc: datacenter }),
      },
    };
    return new Consul(options);
  }

  /**
   * For one call: no connection outlives its answer.
   * The package waits for ever when a connection ends in mid-answer, and takes answers of any size: both end here.
   */
  #httpAgent(cancel: (reason: ConsulFailure) => void): Agent {
    const { ca, cert, key, serverName } = this.#access.tls ?? {};
    const agent =
      this.#url.protocol === 'https:'
        ? new HttpsAgent({
            minVersion: 'TLSv1.2',
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
            ...(serverName === undefined ? {} : { servername: serverName }),
          })
        : new HttpAgent();
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (options, callback) => {
      // The package hands an IPv6 address on in its brackets, as it stands in the URL.
      const socket = connect({ ...options, host: bareHost(this.#url) }, callback);
      let receivedBytes = 0;
      socket?.on('data', (chunk: Buffer) => {
        receivedBytes += chunk.length;
        if (receivedBytes > maxAnswerBytes)
          cancel(new ConsulFailure('too-large', 'the answer of Consul is too large'));
      });
      socket?.once('close', () => {
        // A whole answer has settled the call by then.
        setImmediate(() => cancel(new ConsulFailure('cut-off', 'Consul ended the connection in mid-answer')));
      });
      return socket;
    };
    return agent;
  }
}
