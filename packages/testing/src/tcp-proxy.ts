/** Stands between a client and a server, and breaks, silences or slows what passes. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>;

/** @param target gives the port of the server on loopback, for each new connection */
export async function startTcpProxy(target: () => number) {
  const sockets = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;
  let silence: PromiseWithResolvers<void> | undefined;

  async function pass(from: Socket, to: Socket, chunk: Buffer): Promise<void> {
    from.pause();
    await wait(delayMs);
    await silence?.promise;
    to.write(chunk);
    from.resume();
  }

  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.on('data', (chunk: Buffer) => {
      if (delayMs > 0 || silence !== undefined) void pass(from, to, chunk);
      else to.write(chunk);
    });
  }

  const server = createServer((incoming) => {
    if (isCut) {
      incoming.destroy();
      return;
    }
    const outgoing = connect(target(), '127.0.0.1');
    join(incoming, outgoing);
    join(outgoing, incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function breakAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    port: (server.address() as AddressInfo).port,
    breakAll,
    /** Breaks every connection and takes no other. */
    cut(): void {
      isCut = true;
      breakAll();
    },
    /** Keeps every connection, and nothing passes. */
    silence(): void {
      silence ??= Promise.withResolvers();
    },
    slow(ms: number): void {
      delayMs = ms;
    },
    heal(): void {
      isCut = false;
      delayMs = 0;
      silence?.resolve();
      silence = undefined;
    },
    close(): void {
      server.close();
      breakAll();
    },
  };
}
