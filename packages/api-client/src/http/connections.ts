/** Exchanges requests and answers over kept connections of Node's own client, each within a time. */
import type { IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import { definedOnly } from '@gatehouse/contracts/values';

// An import of node:http reads every name of it, and one of them loads Node's own fetch: 8 MiB and 50 ms of a start.
const transports = {
  'http:': process.getBuiltinModule('node:http'),
  'https:': process.getBuiltinModule('node:https'),
};

/** RFC 9110 section 15.2: a server may send some before its answer. Each costs work, so many of them would hold this process. */
const maxInterimAnswers = 16;

export interface ConnectionOptions {
  /** Of each exchange, from name resolution to the last byte. */
  timeoutMs: number;
  /** To one origin at once; further exchanges wait. */
  maxConnections: number;
  /** So long a connection waits for its next exchange. */
  idleMs: number;
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  lookup: LookupFunction | undefined;
}

export interface Endpoint {
  protocol: keyof typeof transports;
  hostname: string;
  port: string;
}

/** Undefined where the URL is for another protocol. */
export function endpointOf({ protocol, hostname, port }: URL): Endpoint | undefined {
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  // IPv6 has brackets in a URL alone.
  return { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port };
}

export interface Outgoing extends Endpoint {
  method: string;
  path: string;
  headers: Record<string, string>;
  content: string | Uint8Array | undefined;
  signal: AbortSignal | undefined;
}

export function createConnections(options: ConnectionOptions) {
  const settings = definedOnly({
    keepAlive: true,
    maxSockets: options.maxConnections,
    timeout: options.idleMs,
    // No proxy, whatever the environment names: its address would be judged in place of the other side's.
    proxyEnv: {},
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    lookup: options.lookup,
  });
  const agents = {
    'http:': new transports['http:'].Agent(settings),
    'https:': new transports['https:'].Agent(settings),
  };
  const endings = new Set<(error: Error) => void>();

  /** `read` consumes the answer. */
  async function exchange<T>(outgoing: Outgoing, read: (answer: IncomingMessage) => Promise<T>): Promise<T> {
    const { content, signal, ...request } = outgoing;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const call = transports[request.protocol].request({ ...request, agent: agents[request.protocol] });
    let isSent = false;
    let isOver = false;
    const send = () => {
      isSent = true;
      call.end(content);
    };
    const giveUp = (error: Error) => {
      isOver = true;
      reject(error);
      call.destroy();
    };
    // The other side has seen nothing of the request, so even a write may go over another connection.
    const again = () => {
      if (isOver) return;
      isOver = true;
      exchange(outgoing, read).then(resolve, reject);
      call.destroy();
    };
    call.on('socket', (socket) => {
      if (!call.reusedSocket) return send();
      // The event loop reads in its next turn whether the other side has closed the kept connection. The first of the two may
      // still belong to this turn.
      setImmediate(setImmediate, () => {
        if (isOver) return;
        if (socket.writable) send();
        else again();
      });
    });
    call.on('error', (error) => (call.reusedSocket && !isSent ? again() : reject(error)));
    call.on('response', (answer) => {
      // A response that came before the request was sent is no answer to it.
      if (isSent) read(answer).then(resolve, reject);
      else again();
    });
    let interim = 0;
    call.on('information', () => {
      interim += 1;
      if (interim > maxInterimAnswers) giveUp(new Error('It sends interim answers without end'));
    });
    call.on('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Error('It asked for another protocol'));
    });
    const late = () => giveUp(new DOMException('No answer in time', 'TimeoutError'));
    const timer = setTimeout(late, options.timeoutMs);
    const abort = () => giveUp(signal?.reason);
    signal?.addEventListener('abort', abort);
    endings.add(giveUp);
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      endings.delete(giveUp);
      // An answer may come before all of the request is sent.
      if (!call.writableFinished) call.destroy();
    });
  }

  return {
    /** @throws Error of the connection; DOMException TimeoutError; the reason of the signal */
    exchange,
    /** Ends what runs. */
    close(): void {
      for (const end of endings) end(new Error('The connections were closed'));
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Undefined: it is longer than that, and the connection is closed. */
export function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const parts: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes <= maxBytes) return;
    resolve(undefined);
    answer.destroy();
  });
  answer.on('end', () => resolve(Buffer.concat(parts)));
  answer.on('error', reject);
  return promise;
}
