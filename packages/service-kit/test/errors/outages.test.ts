import { startPostgres } from '@gatehouse/testing/postgres';
import { redisConfigOf, startRedis } from '@gatehouse/testing/redis';
import { expect, test, vi } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { normalizeError } from '../../src/errors/normalize.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { withAdvisoryLock } from '../../src/postgres/advisory-lock.ts';
import { createPool, inTransaction, pingPostgres, type Queryable } from '../../src/postgres/pool.ts';
import { createRedis, pingRedis, untilRedisIsReady } from '../../src/redis/client.ts';

const log = createLogger('outages', { level: 'silent', format: 'json' });

async function statusOf(work: () => Promise<unknown>): Promise<number> {
  try {
    await work();
    return 200;
  } catch (error) {
    return normalizeError(error).status;
  }
}

test('a stopped Redis is 503 at once and works again after its return', async () => {
  const server = await startRedis();
  const redis = createRedis(redisConfigOf(server, 500), { log });
  await untilRedisIsReady(redis);
  expect(await statusOf(() => pingRedis(redis))).toBe(200);
  await server.stop();
  expect(await statusOf(() => pingRedis(redis))).toBe(503);
  expect(await statusOf(() => redis.get('x'))).toBe(503);
  await server.start();
  await vi.waitFor(async () => expect(await statusOf(() => redis.get('x'))).toBe(200), { timeout: 10_000 });
  redis.disconnect();
  await server.close();
});

test('a Redis that takes requests and answers none is 503 within the time of a command, then at once, and works again', async () => {
  const server = await startRedis();
  const config = redisConfigOf(server, 500);
  const redis = createRedis(config, { log });
  const blocker = createRedis(config, { log });
  await Promise.all([redis, blocker].map((client) => untilRedisIsReady(client)));
  await blocker.call('CLIENT', 'PAUSE', '2000', 'ALL');
  const startedAtMs = performance.now();
  const many = await Promise.all(Array.from({ length: 20 }, () => statusOf(() => redis.get('x'))));
  expect(new Set(many)).toEqual(new Set([503]));
  expect(performance.now() - startedAtMs).toBeLessThan(1500);
  expect(await statusOf(() => redis.get('x'))).toBe(503);
  await vi.waitFor(async () => expect(await statusOf(() => redis.get('x'))).toBe(200), { timeout: 10_000 });
  redis.disconnect();
  blocker.disconnect();
  await server.close();
});

test.each([
  'OOM command not allowed when used memory > "maxmemory".',
  'MISCONF Errors writing to the AOF file: No space left on device',
])('a full Redis is 503: %s', (message) => {
  const refusal = Object.assign(new Error(message), { name: 'ReplyError' });
  expect(normalizeError(refusal)).toMatchObject({ status: 503, retryAfterSeconds: 1 });
});

test('a connection that leads to a standby is left after one refused write', async () => {
  const server = await startPostgres();
  const pool = createPool(
    {
      ...{ url: new Secret(server.url), host: '', port: 0, database: '', username: '', password: undefined },
      ...{ ssl: 'off', poolSize: 1, poolCheckoutTimeoutMs: 500, statementTimeoutMs: 1000 },
    },
    { schema: 'public', applicationName: 'test', log },
  );
  const becomeReadOnly = () => pool.query('SET default_transaction_read_only = on');
  const write = (client: Queryable) => client.query('CREATE TABLE written (id int)');
  const undo = () => pool.query('DROP TABLE written');

  await becomeReadOnly();
  expect(await statusOf(() => inTransaction(pool, write))).toBe(503);
  expect(await statusOf(() => inTransaction(pool, write))).toBe(200);
  await undo();
  await becomeReadOnly();
  expect(await statusOf(() => withAdvisoryLock(pool, 'x', write))).toBe(503);
  expect(await statusOf(() => withAdvisoryLock(pool, 'x', write))).toBe(200);
  await pool.end();
  await server.close();
});

// attack: end of the process by a database connection that breaks between two queries | CWE-248 | guard: packages/service-kit/src/postgres/pool.ts
test('a stopped PostgreSQL is 503 and works again after its return', async () => {
  const server = await startPostgres();
  const pool = createPool(
    {
      url: new Secret(server.url),
      host: '',
      port: 0,
      database: '',
      username: '',
      password: undefined,
      ssl: 'off',
      poolSize: 2,
      poolCheckoutTimeoutMs: 500,
      statementTimeoutMs: 1000,
    },
    { schema: 'public', applicationName: 'test', log },
  );
  expect(await statusOf(() => pingPostgres(pool))).toBe(200);
  const transaction = inTransaction(pool, async (client) => {
    await client.query('SELECT 1');
    // An error event to which nobody listens ends the process.
    expect(client.listenerCount('error')).toBeGreaterThan(0);
    await server.stop();
    await client.query('SELECT 1');
  });
  expect(await statusOf(() => transaction)).toBe(503);
  expect(await statusOf(() => pingPostgres(pool))).toBe(503);
  expect(normalizeError(await pingPostgres(pool).catch((error: unknown) => error)).retryAfterSeconds).toBe(1);
  await server.start();
  await vi.waitFor(async () => expect(await statusOf(() => pingPostgres(pool))).toBe(200), {
    timeout: 10_000,
  });
  await pool.end();
  await server.close();
});

test('a start waits for a Redis that comes up later', async () => {
  const server = await startRedis();
  await server.stop();
  const redis = createRedis(redisConfigOf(server, 500), { log });
  const ready = untilRedisIsReady(redis, 10_000);
  await server.start();
  await ready;
  expect(await statusOf(() => pingRedis(redis))).toBe(200);
  redis.disconnect();
  await server.close();
});
