/** The stack on a PostgreSQL and a Redis that are not its own. */
import { rmSync } from 'node:fs';
import { startPostgres, type TestPostgres } from '@gatehouse/testing/postgres';
import { startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { askEnvironment, askToken, basic } from './calls.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from './running-stack.ts';

let stateFolder: string;
let postgres: TestPostgres;
let redis: TestRedis;
let stack: RunningStack;

const start = (...args: string[]) =>
  startStack(stateFolder, '--quiet', '--postgres', postgres.url, '--redis', redis.url, ...args);

beforeAll(async () => {
  [stateFolder, postgres, redis] = await Promise.all([
    newStateFolder(),
    startPostgres(),
    startRedis({ persistent: true }),
  ]);
  stack = await start();
}, startTimeoutMs);

afterAll(async () => {
  await stack?.end();
  await Promise.all([postgres?.close(), redis?.close()]);
  rmSync(stateFolder, { recursive: true, force: true });
}, 60_000);

async function untilServed(ask: () => Promise<Response>): Promise<void> {
  await vi.waitUntil(async () => (await ask()).status === 200, { timeout: 20_000, interval: 50 });
}

test('no server is started beside them', () => {
  expect(
    stack
      .processes()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['auth-api', 'auth-ui', 'config-server-simulator', 'environment-api']);
  expect(new URL(stack.description.postgresUrl).host).toBe(new URL(postgres.url).host);
  expect(stack.description.redisUrl).toBe(redis.url);
});

test('Redis stopped and started again: 503 with Retry-After, then tokens', async () => {
  const ask = () => askToken(stack.description);
  await redis.stop();
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await redis.start();
  await untilServed(ask);
}, 40_000);

test('PostgreSQL stopped and started again: tokens go on, data is 503 with Retry-After, then back', async () => {
  const ask = () => askEnvironment(stack.description);
  await postgres.stop();
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await askToken(stack.description)).status).toBe(200);
  await postgres.start();
  await untilServed(ask);
}, 40_000);

/** A proxy in front would send browsers' requests here; everything that the services tell them has its address. */
async function isPublicElsewhere({
  localUrl,
  publicUrl,
  clients,
}: RunningStack['description']): Promise<void> {
  expect(publicUrl).toBe('https://login.example.test');
  const metadata = await fetch(`${localUrl}/auth/v3/.well-known/openid-configuration`);
  expect(await metadata.json()).toMatchObject({ issuer: `${publicUrl}/auth/v3` });
  const client = clients.find(({ client_id }) => client_id === 'playground');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'playground',
    redirect_uri: client?.redirectURIs[0] ?? '',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const login = await fetch(`${localUrl}/auth/v3/oauth/authorize?${query}`, { redirect: 'manual' });
  expect(login.headers.get('location')).toMatch(/^(https:\/\/login\.example\.test)?\/auth\/sign-in\.html/);
  expect(login.headers.get('set-cookie')).toMatch(/__Host-.*Secure/);
}

test(
  'a reset forgets what is ours and nothing else',
  async () => {
    const { publicUrl, ops } = stack.description;
    const created = await fetch(`${publicUrl}/environment/v3/environments`, {
      method: 'POST',
      headers: { authorization: basic(ops), 'content-type': 'application/json' },
      body: JSON.stringify({
        data: {
          username: 'gatehouse',
          password: 'demo-service-password',
          configServers: [{ primaryAddress: '127.0.0.1', primaryPort: 8888 }],
        },
      }),
    });
    const id = ((await created.json()) as { path: string }).path.split('/').at(-1) as string;
    const neighbour = new Redis(redis.url);
    await neighbour.set('somebody-else', 'kept');
    await stack.end();
    stack = await start('--public-url', 'https://login.example.test', '--compat', 'off');
    expect((await askEnvironment(stack.description, id)).status).toBe(200);
    await isPublicElsewhere(stack.description);
    await stack.end();
    stack = await start('--reset');
    expect((await askEnvironment(stack.description, id)).status).toBe(404);
    expect((await askEnvironment(stack.description)).status).toBe(200);
    expect(await neighbour.get('somebody-else')).toBe('kept');
    neighbour.disconnect();
  },
  startTimeoutMs,
);
