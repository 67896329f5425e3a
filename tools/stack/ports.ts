/** Chooses the TCP ports: the usual ones where they are free, others where not. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Every listener with its usual port and the words for it. */
const listeners = {
  gateway: { port: 8090, title: 'the public host' },
  playground: { port: 8091, title: 'the playground' },
  authApi: { port: 8080, title: 'auth-api' },
  authApiManagement: { port: 8081, title: 'the management port of auth-api' },
  authUi: { port: 8082, title: 'auth-ui' },
  authUiManagement: { port: 8083, title: 'the management port of auth-ui' },
  environmentApi: { port: 8084, title: 'environment-api' },
  environmentApiManagement: { port: 8085, title: 'the management port of environment-api' },
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
}

/** `port` is the wanted port of the public host; 0 takes free ports for all. `unused` listeners are left alone. */
export async function choosePorts(
  port: number | undefined,
  unused: ListenerName[] = [],
): Promise<PortChoice> {
  const reserved = new Set<number>(Object.values(listeners).map((listener) => listener.port));
  if (port) reserved.add(port);
  const chosen = new Map<ListenerName, number>();
  const notes: string[] = [];
  for (const [name, listener] of Object.entries(listeners) as [
    ListenerName,
    { port: number; title: string },
  ][]) {
    const wanted = name === 'gateway' && port ? port : listener.port;
    const isTaken = (candidate: number) => [...chosen.values()].includes(candidate);
    if (unused.includes(name)) chosen.set(name, wanted);
    else if (port === 0) chosen.set(name, await anyFreePort((candidate) => isTaken(candidate)));
    else if (!isTaken(wanted) && (await isFree(wanted))) chosen.set(name, wanted);
    else {
      const other = await nextFreePort(wanted, (candidate) => reserved.has(candidate) || isTaken(candidate));
      notes.push(`Port ${wanted} is taken; ${listener.title} listens on ${other}.`);
      chosen.set(name, other);
    }
  }
  return { ports: Object.fromEntries(chosen) as Ports, notes };
}

async function nextFreePort(after: number, isReserved: (port: number) => boolean): Promise<number> {
  for (let port = after + 1; port <= Math.min(after + 100, 65_535); port++)
    if (!isReserved(port) && (await isFree(port))) return port;
  return anyFreePort(isReserved);
}

/** Below the range from which systems take ports for outgoing connections, so that none grabs it before its owner. */
async function anyFreePort(isReserved: (port: number) => boolean): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (!isReserved(port) && (await isFree(port))) return port;
  }
}

/** Free on both loopback addresses, where the machine has both. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
