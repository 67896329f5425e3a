import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../src/network/ports.ts';
import { createTestDatabase, startPostgres } from '../src/postgres/postgres.ts';
import { findPostgresPrograms, postgresFolderVariable } from '../src/postgres/postgres-program.ts';
import { findProgram } from '../src/programs/programs.ts';
import { temporaryFolder } from '../src/programs/temporary-folder.ts';
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

test('the servers are those that the settings of the run name', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.close);
  const server = await startRedis();
  onTestFinished(server.close);
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const [version] = (await query(database.url, 'SHOW server_version')) as { server_version: string }[];
  expect(printed((await findPostgresPrograms()).postgres)).toContain(version?.server_version);
  const said = /^(?:valkey|redis)_version:(\S+)/gm;
  // Valkey also says, before its own, the version of Redis that it follows.
  const last = [...(await redis.info('server')).matchAll(said)].at(-1)?.[1];
  expect(printed(findProgram('redis-server', 'valkey-server') as string)).toContain(`v=${last}`);
});

// A run on other versions alone: two more servers would make every run longer.
test.runIf(process.env[postgresFolderVariable])(
  'a standby of its own follows and can be promoted',
  async () => {
    const server = await startPostgres();
    onTestFinished(server.close);
    const standby = await server.startStandby();
    onTestFinished(standby.close);
    await query(server.url, 'CREATE TABLE followed (id int)');
    await vi.waitUntil(() => standby.ask(`to_regclass('followed') IS NOT NULL`), { timeout: 10_000 });
    expect(await standby.ask('pg_promote()')).toBe(true);
    await query(standby.url, 'INSERT INTO followed VALUES (1)');
  },
  60_000,
);

test('a Redis shares its folder with nobody, and leaves nothing behind', async () => {
  const servers = [await startRedis(), await startRedis()];
  const folders: string[] = [];
  for (const server of servers) {
    const redis = new Redis(server.url);
    const [, folder = ''] = (await redis.config('GET', 'dir')) as string[];
    redis.disconnect();
    expect(readdirSync(folder)).toEqual([]);
    folders.push(folder);
    await server.close();
  }
  expect(new Set(folders).size).toBe(2);
  await vi.waitUntil(() => !folders.some((folder) => existsSync(folder)));
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

test.runIf(process.platform === 'linux').each([
  ['Redis', '../src/redis/redis.ts', 'startRedis', 'port'],
  ['PostgreSQL', '../src/postgres/postgres.ts', 'startPostgres', 'url'],
])(
  '%s ends with the process that started it, even if that is killed',
  async (_, file, start, member) => {
    const folder = await temporaryFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const source = `
    import { ${start} } from '${new URL(file, import.meta.url)}';
    console.log((await ${start}()).${member});
  `;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TMPDIR: folder },
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [place] = await once(parent.stdout, 'data');
    const port = /(\d+)(?:\/postgres)?\s*$/.exec(String(place))?.[1];
    expect(await isClosed(Number(port))).toBe(false);
    parent.kill('SIGKILL');
    await vi.waitUntil(() => isClosed(Number(port)), { timeout: 10_000 });
  },
  60_000,
);

function printed(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' });
}

function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
