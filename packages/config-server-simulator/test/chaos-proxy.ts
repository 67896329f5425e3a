/** A TCP proxy on loopback that mistreats what passes: the network on a bad day. */
import net from 'node:net';
import { onTestFinished } from 'vitest';

export interface ChaosRules {
  /** Bytes from the server to the client vanish. */
  swallowToClient?: boolean;
  swallowToServer?: boolean;
  /** Every chunk waits so long, order kept. */
  latencyMs?: number;
  /** Chunks are cut into pieces of so many bytes. */
  sliceBytes?: number;
  /** Bytes to the client before the connection is reset. */
  resetAfterBytes?: number;
  /** Changes or replaces what goes to the client. */
  toClient?: (chunk: Buffer) => Buffer | Buffer[];
  toServer?: (chunk: Buffer) => Buffer | Buffer[];
}

export interface ChaosProxy {
  readonly port: number;
  /** May be changed at any time. */
  rules: ChaosRules;
  readonly connections: number;
  /** Connections ever accepted. */
  readonly accepted: number;
  reset(): void;
  /** Stops taking bytes from the server: its send buffers fill. */
  pauseServerSide(): void;
  /** Writes bytes of its own to every client. */
  injectToClients(bytes: Uint8Array): void;
  close(): Promise<void>;
}

export async function startChaosProxy(targetPort: number): Promise<ChaosProxy> {
  const pairs = new Set<{ client: net.Socket; server: net.Socket }>();
  let accepted = 0;
  const listener = net.createServer((client) => {
    accepted += 1;
    const server = net.connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    client.setNoDelay(true);
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    let sentToClient = 0;
    const toClient = createForward(client);
    const toServer = createForward(server);
    for (const socket of [client, server]) {
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk) => {
      if (proxy.rules.swallowToServer !== true) toServer(chunk, proxy.rules, proxy.rules.toServer);
    });
    server.on('data', (chunk) => {
      const { rules } = proxy;
      if (rules.swallowToClient === true) return;
      if (rules.resetAfterBytes !== undefined && sentToClient + chunk.length >= rules.resetAfterBytes) {
        client.write(chunk.subarray(0, rules.resetAfterBytes - sentToClient), () => client.resetAndDestroy());
        return;
      }
      sentToClient += chunk.length;
      toClient(chunk, rules, rules.toClient);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const proxy: ChaosProxy = {
    port: (listener.address() as net.AddressInfo).port,
    rules: {},
    get connections() {
      return pairs.size;
    },
    get accepted() {
      return accepted;
    },
    reset() {
      for (const { client } of [...pairs]) client.resetAndDestroy();
    },
    pauseServerSide() {
      for (const { server } of pairs) server.pause();
    },
    injectToClients(bytes) {
      for (const { client } of pairs) client.write(bytes);
    },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const { client, server } of [...pairs]) {
          client.destroy();
          server.destroy();
        }
      }),
  };
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Takes chunks for one end in their order, also when they wait for different times. */
function createForward(to: net.Socket) {
  const waiting: { pieces: Buffer[]; dueMs: number }[] = [];
  const send = () => {
    while (waiting[0] !== undefined && waiting[0].dueMs <= performance.now())
      for (const piece of waiting.shift()?.pieces ?? []) if (!to.destroyed) to.write(piece);
    if (waiting[0] !== undefined) setTimeout(send, waiting[0].dueMs - performance.now());
  };
  return (chunk: Buffer, rules: ChaosRules, change: ((chunk: Buffer) => Buffer | Buffer[]) | undefined) => {
    const changed = change === undefined ? [chunk] : [change(chunk)].flat();
    const pieces = changed.flatMap((part) => slices(part, rules.sliceBytes));
    waiting.push({ pieces, dueMs: performance.now() + (rules.latencyMs ?? 0) });
    if (waiting.length === 1) send();
  };
}

function slices(chunk: Buffer, bytes: number | undefined): Buffer[] {
  if (bytes === undefined) return [chunk];
  return Array.from({ length: Math.ceil(chunk.length / bytes) }, (_, index) =>
    chunk.subarray(index * bytes, (index + 1) * bytes),
  );
}
