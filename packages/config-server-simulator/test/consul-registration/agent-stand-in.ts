/** A wire-level stand-in for the registration calls of a Consul agent: shows outages and silence on demand. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface AgentStandIn {
  readonly url: string;
  /** `method path` of every call, in the order of their arrival. */
  readonly calls: string[];
  /** Body of the last registration. */
  registration: unknown;
  token: string | undefined;
  /** What every call is answered with from now on. */
  answers: 'ok' | 'silence' | { status: number; text: string };
}

export async function startAgentStandIn(): Promise<AgentStandIn> {
  const server = createServer((request, response) => {
    standIn.calls.push(
      `${request.method} ${decodeURIComponent(request.url ?? '').replace('/v1/agent/', '')}`,
    );
    standIn.token = request.headers['x-consul-token'] as string | undefined;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === '/v1/agent/service/register') standIn.registration = JSON.parse(body);
      answer(response, standIn.answers);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const standIn: AgentStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    registration: undefined,
    token: undefined,
    answers: 'ok',
  };
  return standIn;
}

function answer(response: ServerResponse, how: AgentStandIn['answers']): void {
  if (how === 'silence') return;
  if (how === 'ok') response.end();
  else response.writeHead(how.status, { 'content-type': 'text/plain' }).end(how.text);
}
