/** The services as processes whose stores are missing: they say so at once, and work as soon as they can. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { freePort } from '@gatehouse/testing/network';
import { startPostgres } from '@gatehouse/testing/postgres';
import { startRedisServer } from '@gatehouse/testing/redis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { spawnService, startProcess, terminate } from './service-process.ts';

const secrets = {
  service: randomBytes(24).toString('base64url'),
  ops: randomBytes(24).toString('base64url'),
  redis: randomBytes(24).toString('base64url'),
};
const common = {
  GATEHOUSE_MODE: 'local',
  GATEHOUSE_PUBLIC_URL: 'https://login.test',
  GATEHOUSE_SERVICE_CLIENT_ID: 'services',
  GATEHOUSE_SERVICE_CLIENT_SECRET: secrets.service,
  GATEHOUSE_OPS_USERNAME: 'ops',
  GATEHOUSE_OPS_PASSWORD: secrets.ops,
  GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  GATEHOUSE_REDIS_PASSWORD: secrets.redis,
  // A drain of nobody would be seen in the time that an end takes.
  GATEHOUSE_DRAIN_DELAY_MS: '3000',
};

async function refusesConnections(url: string): Promise<void> {
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
}

it('services that start before their stores name what they lack, one after the other, and become ready by themselves', async () => {
  const redisPort = await freePort();
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  await postgres.stop();
  const env = {
    ...common,
    GATEHOUSE_POSTGRES_URL: postgres.url,
    GATEHOUSE_REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  };
  const [environmentPort, endsPort] = [await freePort(), await freePort()];
  const authApi = await startProcess('auth-api', {
    ...env,
    GATEHOUSE_ENVIRONMENT_API_URL: `http://127.0.0.1:${environmentPort}`,
    GATEHOUSE_ENVIRONMENT_API_INTERNAL_URL: `http://127.0.0.1:${endsPort}`,
  });
  await authApi.until('/health', ({ status, body }) => {
    expect(status).toBe(503);
    const { port } = new URL(postgres.url);
    const nothing = (at: unknown) =>
      `Nothing listens at 127.0.0.1:${at}, or a firewall refuses (ECONNREFUSED)`;
    expect(body.components).toMatchObject({
      postgresql: { status: 'DOWN', reason: nothing(port) },
      redis: { status: 'DOWN', reason: `Redis is unavailable: ${nothing(redisPort)}` },
    });
  });
  expect((await authApi.management('/healthz')).status).toBe(200);
  expect((await authApi.management('/readyz')).body.failing).toEqual(
    expect.arrayContaining(['postgresql', 'redis']),
  );
  await refusesConnections(authApi.url);
  await refusesConnections(authApi.internalUrl);

  await postgres.start();
  await authApi.until('/readyz', ({ body }) =>
    expect(body.reasons.postgresql).toBe(
      'There is no schema auth in the database: run the command migrate of this version',
    ),
  );
  const callers = { ...env, GATEHOUSE_AUTH_API_URL: authApi.url };
  const environmentApi = await startProcess('environment-api', {
    ...callers,
    GATEHOUSE_AUTH_API_INTERNAL_URL: authApi.internalUrl,
    GATEHOUSE_HTTP_PORT: String(environmentPort),
    GATEHOUSE_INTERNAL_PORT: String(endsPort),
  });
  const authUi = await startProcess('auth-ui', callers);
  // The pages do not need Auth API.
  await authUi.until('/health', ({ status, body }) => {
    expect(status).toBe(200);
    expect(body.components['auth-api'].reason).toContain('Nothing listens at');
  });
  await vi.waitFor(() => expect(authUi.output()).toContain('auth-ui is listening'), { timeout: 60_000 });
  const migrations = (['auth-api', 'environment-api'] as const).map((service) =>
    once(spawnService(service, callers, ['migrate']), 'exit'),
  );
  expect(await Promise.all(migrations)).toEqual([
    [0, null],
    [0, null],
  ]);
  // Redis makes the announcement of changes fast, no more.
  await environmentApi.until('/health', ({ status, body }) => {
    expect(status).toBe(200);
    expect(body.components.redis.status).toBe('DOWN');
  });
  await authApi.until('/readyz', ({ body }) => expect(body.reasons).not.toHaveProperty('postgresql'));

  const stranger = await startRedisServer({ port: redisPort, password: 'another-one' });
  await authApi.until('/readyz', ({ body }) =>
    expect(body.reasons.redis).toContain('The server refuses the user name or the password (WRONGPASS)'),
  );
  await stranger.stop();
  const redis = await startRedisServer({ port: redisPort, password: secrets.redis });
  onTestFinished(() => redis.stop('SIGKILL'));
  await authApi.until('/readyz', ({ status }) => expect(status).toBe(200));
  expect((await fetch(`${authApi.url}/auth/v3/.well-known/openid-configuration`)).status).toBe(200);

  const told = JSON.stringify([await authApi.management('/health'), await authApi.management('/readyz')]);
  for (const secret of Object.values(secrets)) {
    expect(told).not.toContain(secret);
    expect(authApi.output()).not.toContain(secret);
  }
  const otherKey = await startProcess('auth-api', {
    ...env,
    GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  });
  // Ready once, it drains.
  expect((await terminate(authApi.child)).tookMs).toBeGreaterThan(3000);
  await otherKey.until('/readyz', ({ body }) =>
    expect(body.reasons['signing-keys']).toContain('sealed with another key of the same id'),
  );
  await terminate(otherKey.child);
}, 240_000);

it('a service whose port is not open is not ready: requests would be refused', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const authUi = await startProcess('auth-ui', {
    ...common,
    GATEHOUSE_AUTH_API_URL: 'http://127.0.0.1:1',
    GATEHOUSE_HTTP_PORT: String(port),
  });
  await authUi.until('/readyz', ({ status, body }) => {
    expect(status).toBe(503);
    expect(body.reasons.listener).toBe('not open yet');
  });
}, 90_000);

it.each(['auth-api', 'environment-api'] as const)(
  '%s ends at once when it is told to while it waits',
  async (service) => {
    const waiting = await startProcess(service, {
      ...common,
      GATEHOUSE_AUTH_API_URL: 'http://127.0.0.1:1',
      // Nobody answers there.
      GATEHOUSE_POSTGRES_URL: 'postgres://nobody:nothing@192.0.2.1:5432/none',
      GATEHOUSE_REDIS_URL: 'redis://192.0.2.1:6379',
    });
    await waiting.until('/healthz', ({ status }) => expect(status).toBe(200));
    const { code, tookMs } = await terminate(waiting.child);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(2000);
  },
  60_000,
);
