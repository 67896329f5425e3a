/** One address in front of Redis servers, as a fail-over moves it: connections break, and the next ones reach another server. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createRedis, untilRedisIsReady } from '@gatehouse/service-kit/redis';
import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { silentLog } from './redis.ts';

export interface FailOver {
  url: string;
  /** Copies the first server's data to the second one, which then stays as it is. */
  copy(): Promise<void>;
  /** Ends the first server; from now on the second one answers. */
  failOver(): Promise<void>;
  /** The server that answers now. */
  readonly active: TestRedis;
  close(): Promise<void>;
}

async function open(server: TestRedis) {
  const client = createRedis(redisConfigOf(server, 2000), { log: silentLog });
  await untilRedisIsReady(client);
  return client;
}

export async function startFailOver(): Promise<FailOver> {
  const [first, second] = await Promise.all([startRedis(), startRedis()]);
  let active = first;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(active.port, '127.0.0.1');
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function copy(): Promise<void> {
    const original = await open(first);
    // It waits five seconds for other replicas otherwise.
    await original.call('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
    original.disconnect();
    const copier = await open(second);
    await copier.call('REPLICAOF', '127.0.0.1', String(first.port));
    while (!/master_link_status:up/.test(await copier.info('replication'))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await copier.call('REPLICAOF', 'NO', 'ONE');
    copier.disconnect();
  }

  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    copy,
    async failOver() {
      active = second;
      await first.stop('SIGKILL');
      for (const socket of sockets) socket.destroy();
    },
    get active() {
      return active;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([first.close(), second.close()]);
    },
  };
}
