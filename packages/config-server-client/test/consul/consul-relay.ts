/** Relays new connections to a chosen agent, as a load balancer does. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface ConsulRelay {
  readonly url: string;
  targetPort: number;
  /** Index of each query that passed, `undefined` for one without. */
  readonly indexes: (number | undefined)[];
  close(): Promise<void>;
}

export async function startConsulRelay(targetPort: number): Promise<ConsulRelay> {
  const sockets = new Set<Socket>();
  const indexes: (number | undefined)[] = [];
  const server = createServer((socket) => {
    const upstream = connect(relay.targetPort, '127.0.0.1');
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on('error', () => undefined);
      end.once('close', () => {
        sockets.delete(end);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.once('data', (head: Buffer) => {
      const index = /[?&]index=(\d+)/.exec(head.toString('latin1'))?.[1];
      indexes.push(index === undefined ? undefined : Number(index));
    });
    socket.pipe(upstream);
    upstream.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay: ConsulRelay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targetPort,
    indexes,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return relay;
}
