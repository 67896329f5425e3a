/** Shares the requests to one service out among its replicas, as a Service of Kubernetes does with connections. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than the command runs. */
const keptMs = 3_600_000;

export type Balancer = Awaited<ReturnType<typeof startBalancer>>;

/** Listens on a free port of loopback when it resolves. Request by request, so that a few callers reach every replica. */
export async function startBalancer() {
  // A kept connection may break under a request, because a replica closes it at that moment: here nothing must fail.
  const agent = new http.Agent({ keepAlive: false });
  const underWay = new Map<string, number>();
  let replicas: string[] = [];
  let turn = 0;
  let noticeEnd = Promise.withResolvers<void>();

  const count = (replica: string, change: number) => {
    underWay.set(replica, (underWay.get(replica) ?? 0) + change);
    noticeEnd.resolve();
    noticeEnd = Promise.withResolvers();
  };

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const replica = replicas[turn++ % replicas.length];
    if (replica === undefined) return void response.writeHead(503).end();
    count(replica, 1);
    response.once('close', () => count(replica, -1));
    const { method, url: path, headers } = request;
    const { hostname, port } = new URL(replica);
    const sent = http.request({ hostname, port, method, path, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    // The caller sees a broken connection, as behind a balancer of connections.
    sent.once('error', () => response.destroy());
    request.pipe(sent);
  }

  const server = http.createServer({ keepAliveTimeout: keptMs }, forward);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    join(replica: string): void {
      replicas = [...replicas, replica];
    },
    /** Resolves when the replica has answered what it was sent. */
    async leave(replica: string): Promise<void> {
      replicas = replicas.filter((one) => one !== replica);
      while ((underWay.get(replica) ?? 0) > 0) await noticeEnd.promise;
    },
    async close(): Promise<void> {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The addresses at which the services and the public host call each service. */
export async function startBalancers() {
  const [authApi, authApiInternal, authUi, environmentApi, environmentApiInternal] = await Promise.all(
    Array.from({ length: 5 }, startBalancer),
  );
  const all = { authApi, authApiInternal, authUi, environmentApi, environmentApiInternal };
  const at = (name: keyof typeof all) => {
    const balancer = all[name];
    if (balancer === undefined) throw new Error(`${name} has no balancer`);
    return balancer;
  };
  const unused = 'http://127.0.0.1:9';
  return {
    at,
    addresses: {
      'auth-api': {
        url: at('authApi').url,
        internalUrl: at('authApiInternal').url,
        managementUrl: unused,
      },
      'auth-ui': { url: at('authUi').url, managementUrl: unused },
      'environment-api': {
        url: at('environmentApi').url,
        internalUrl: at('environmentApiInternal').url,
        managementUrl: unused,
      },
    },
    async close(): Promise<void> {
      await Promise.all(Object.values(all).map((balancer) => balancer?.close()));
    },
  };
}

export type Balancers = Awaited<ReturnType<typeof startBalancers>>;
