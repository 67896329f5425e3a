/** Chooses the TCP ports: the usual ones where they are free, others where not. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Every listener with its usual port and its name for people. */
const listeners = {
  gateway: { port: 8090, title: 'the public host' },
  playground: { port: 8091, title: 'the playground' },
  authApi: { port: 8080, title: 'auth-api' },
  authApiManagement: { port: 8081, title: 'the management port of auth-api' },
  authApiInternal: { port: 8086, title: 'the internal port of auth-api' },
  authUi: { port: 8082, title: 'auth-ui' },
  authUiManagement: { port: 8083, title: 'the management port of auth-ui' },
  environmentApi: { port: 8084, title: 'environment-api' },
  environmentApiManagement: { port: 8085, title: 'the management port of environment-api' },
  environmentApiInternal: { port: 8087, title: 'the internal port of environment-api' },
  configServer: { port: 8888, title: 'the Configuration Server simulator' },
  postgres: { port: 15432, title: 'PostgreSQL' },
  redis: { port: 16379, title: 'Redis' },
} as const;

export type ListenerName = keyof typeof listeners;
export type Ports = Record<ListenerName, number>;

export interface PortChoice {
  ports: Ports;
  /** One sentence for every usual port that was taken. */
  notes: string[];
  /** Every port is held until its owner is about to listen, so that no other process takes it in between. */
  release(...names: ListenerName[]): Promise<void>;
}

/** `port` is the wanted port of the public host; 0 takes free ports for all. `unused` listeners are left alone. */
export async function choosePorts(
  port: number | undefined,
  unused: ListenerName[] = [],
): Promise<PortChoice> {
  const reserved = new Set<number>(Object.values(listeners).map((listener) => listener.port));
  if (port) reserved.add(port);
  const held = new Map<ListenerName, HeldPort>();
  const notes: string[] = [];
  const ports = {} as Ports;
  for (const [name, listener] of Object.entries(listeners) as [
    ListenerName,
    { port: number; title: string },
  ][]) {
    const wanted = name === 'gateway' && port ? port : listener.port;
    ports[name] = wanted;
    if (unused.includes(name)) continue;
    const usual = port === 0 ? undefined : await hold(wanted);
    const chosen = usual ?? (port === 0 ? await holdAny() : await holdNext(wanted, reserved));
    ports[name] = chosen.port;
    held.set(name, chosen);
    if (port !== 0 && !usual)
      notes.push(`Port ${wanted} is taken; ${listener.title} listens on ${chosen.port}.`);
  }
  return {
    ports,
    notes,
    async release(...names) {
      await Promise.all(names.map((name) => held.get(name)?.release()));
      for (const name of names) held.delete(name);
    },
  };
}

export const listenerNames = Object.keys(listeners) as ListenerName[];

interface HeldPort {
  port: number;
  release(): Promise<void>;
}

async function holdNext(after: number, reserved: ReadonlySet<number>): Promise<HeldPort> {
  for (let port = after + 1; port <= Math.min(after + 100, 65_535); port++) {
    const held = reserved.has(port) ? undefined : await hold(port);
    if (held) return held;
  }
  return holdAny();
}

/** Below the range from which systems take ports for outgoing connections, so that none grabs it before its owner. */
async function holdAny(): Promise<HeldPort> {
  for (;;) {
    const held = await hold(randomInt(20_000, 32_000));
    if (held) return held;
  }
}

/** Listens on both loopback addresses, where the machine has both; undefined when another process does. */
async function hold(port: number): Promise<HeldPort | undefined> {
  const servers: Server[] = [];
  const release = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  for (const host of ['127.0.0.1', '::1']) {
    const server = await listen(port, host);
    if (server === 'taken') {
      await release();
      return undefined;
    }
    if (server) servers.push(server);
  }
  return { port, release };
}

/** Undefined when the machine has no such address. */
function listen(port: number, host: string): Promise<Server | 'taken' | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' ? undefined : 'taken'),
    );
    server.listen({ port, host, exclusive: true }, () => resolve(server.unref()));
  });
}
