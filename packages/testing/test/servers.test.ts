import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../src/network/ports.ts';
import { createTestDatabase, startPostgres } from '../src/postgres/postgres.ts';
import { startRedis, startRedisCluster } from '../src/redis/redis.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a test database is empty and its role is no superuser', async () => {
  const database = await createTestDatabase();
  expect(await query(database.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
    { rolsuper: false },
  ]);
  await database.close();
});

test('a server of its own keeps its data over stop and start', async () => {
  const server = await startPostgres();
  await query(server.url, 'CREATE TABLE kept (id int)');
  await server.stop();
  await server.start();
  expect(await query(server.url, 'SELECT * FROM kept')).toEqual([]);
  await server.close();
});

test('a cluster-mode Redis refuses a command over two slots', async () => {
  const node = await startRedisCluster();
  const redis = new Redis(node.url);
  await expect(redis.mset('a', '1', 'b', '2')).rejects.toThrow(/CROSSSLOT/);
  redis.disconnect();
  await node.close();
});

test('a stopped Redis comes back on the same port', async () => {
  const server = await startRedis();
  await server.stop();
  await server.start();
  const redis = new Redis(server.url);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
  await server.close();
});

test('a port that was asked for is none that the system gives to other servers, nor that of another caller', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(20_000);
});

test.runIf(process.platform === 'linux')(
  'a server ends with the process that started it, even if that is killed',
  async () => {
    const source = `
    import { startRedis } from '${new URL('../src/redis/redis.ts', import.meta.url)}';
    console.log((await startRedis()).port);
  `;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [port] = await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    await vi.waitUntil(() => isClosed(Number(port)), { timeout: 10_000 });
  },
);

function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
