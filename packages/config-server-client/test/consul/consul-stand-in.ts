/** Imitates Consul's HTTP API, with faults that a real agent does not show on request. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect } from 'vitest';

export interface Query {
  /** Path with its query string, as sent. */
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** Null without a wait. */
  readonly index: string | null;
  readonly wait: string | null;
  answer(body: unknown, options?: { index?: string; status?: number }): void;
  /** Bytes as they are, the head included. */
  raw(bytes: string, options?: { end?: boolean }): void;
  /** Ends the connection without an answer. */
  hangUp(): void;
}

export interface ConsulStandIn {
  readonly url: string;
  /** The next query, in the order of their arrival. */
  query(): Promise<Query>;
  /** Queries that came so far. */
  readonly count: number;
  openConnections(): number;
  close(): Promise<void>;
}

export async function startConsulStandIn(address = '127.0.0.1'): Promise<ConsulStandIn> {
  const arrived: Query[] = [];
  const waiting: ((query: Query) => void)[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    const query = toQuery(request, response);
    const next = waiting.shift();
    if (next) next(query);
    else arrived.push(query);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${(server.address() as AddressInfo).port}`,
    query() {
      const query = arrived.shift();
      return query ? Promise.resolve(query) : new Promise((resolve) => waiting.push(resolve));
    },
    get count() {
      return count;
    },
    openConnections: () => sockets.size,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function toQuery(request: IncomingMessage, response: ServerResponse): Query {
  const url = new URL(request.url ?? '/', 'http://consul');
  return {
    url,
    headers: request.headers,
    index: url.searchParams.get('index'),
    wait: url.searchParams.get('wait'),
    answer(body, { index, status = 200 } = {}) {
      const isText = typeof body === 'string';
      response.writeHead(status, {
        'content-type': isText ? 'text/plain' : 'application/json',
        ...(index === undefined ? {} : { 'x-consul-index': index }),
      });
      response.end(isText ? body : JSON.stringify(body));
    },
    raw(bytes, { end = false } = {}) {
      request.socket.write(bytes);
      if (end) request.socket.end();
    },
    hangUp() {
      request.socket.destroy();
    },
  };
}

/** One instance as the health endpoint lists it. */
export function instance(
  id: string,
  options: { address?: string; port?: number; role?: string; tags?: string[]; drain?: string } = {},
) {
  const { address = `${id}.test`, port = 8888, role, tags = [], drain } = options;
  return {
    Node: { Node: 'node', Address: '10.9.9.9' },
    Service: {
      ID: id,
      Service: 'config-server',
      Address: address,
      Port: port,
      Tags: tags,
      Meta: { ...(role ? { role } : {}), ...(drain ? { drain } : {}) },
    },
    Checks: [{ Status: 'passing' }],
  };
}

/** Resolves when the condition holds; for events of sockets, which do not follow the manual clock. */
export function until(condition: () => boolean): Promise<void> {
  return expect.poll(condition, { interval: 1, timeout: 10_000 }).toBe(true);
}
