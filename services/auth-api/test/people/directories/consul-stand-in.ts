/** A stand-in for Consul's health endpoint over HTTP: no instance or one, and queries held while nothing changes. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ConsulStandIn {
  readonly url: string;
  /** Paths with their query strings, in the order of their arrival. */
  readonly asked: string[];
  /** From now on there is an instance; whoever waits for a change is told. */
  list(port: number): void;
  /** Every connection ends, and nobody answers any more. */
  die(): Promise<void>;
}

export async function startConsulStandIn(service: string): Promise<ConsulStandIn> {
  const asked: string[] = [];
  let entries: object[] = [];
  let index = 7;
  const held = new Set<ServerResponse>();
  const answer = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-consul-index': String(index) });
    response.end(JSON.stringify(entries));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://consul');
    asked.push(`${url.pathname}${url.search}`);
    if (url.pathname !== `/v1/health/service/${service}`) {
      response.writeHead(404).end();
      return;
    }
    if (url.searchParams.get('index') === String(index)) held.add(response);
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    list(port) {
      const Service = { ID: 'one', Service: service, Address: '127.0.0.1', Port: port, Tags: [], Meta: {} };
      entries = [{ Node: { Node: 'node', Address: '127.0.0.1' }, Service, Checks: [] }];
      index += 1;
      for (const response of held) answer(response);
      held.clear();
    },
    async die() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
