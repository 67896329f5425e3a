import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/postgres';
import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createReadiness } from '../../src/health/readiness.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { createMetrics } from '../../src/metrics/registry.ts';
import type { Queryable } from '../../src/postgres/pool.ts';
import { createRedis, type RedisClient, untilRedisIsReady } from '../../src/redis/client.ts';
import { createStoreClock } from '../../src/timekeeping/store-clock.ts';

const log = createLogger('clock', { level: 'silent', format: 'json' });
let database: TestDatabase;
let server: TestRedis;
let pool: pg.Pool;
let redis: RedisClient;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startRedis()]);
  pool = new pg.Pool({ connectionString: database.url });
  redis = createRedis(redisConfigOf(server, 5000), { log });
  await untilRedisIsReady(redis);
});

afterAll(async () => {
  redis.disconnect();
  await pool.end();
  await Promise.all([database.close(), server.close()]);
});

/** A replica that has not started, of a machine whose clock is wrong. */
function unstarted(aheadMs: number, writer: Queryable = pool) {
  const metrics = createMetrics({ processMetrics: false });
  const state = { aheadMs };
  const systemMs = () => Date.now() + state.aheadMs;
  const clock = createStoreClock({
    ...{ pool, writer, redis, maxDifferenceMs: 3000, log, metrics, systemMs },
  });
  onTestFinished(clock.stop);
  return { clock, state, metrics };
}

/** The replica of a machine whose clock becomes wrong. */
async function replica(aheadMs: number, writer: Queryable = pool) {
  const { clock, state, metrics } = unstarted(0, writer);
  await clock.start();
  state.aheadMs = aheadMs;
  const readiness = createReadiness([clock.readinessCheck]);
  await readiness.probe();
  return { clock, state, metrics, readiness };
}

it('a replica with a right clock is ready, and gives out the time of the stores', async () => {
  const { clock, readiness } = await replica(0);
  const { rows } = await pool.query<{ ms: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
  );
  expect(Math.abs(clock.now() - Number(rows[0]?.ms))).toBeLessThan(1000);
  expect(readiness.isReady).toBe(true);
  expect((await clock.probe.run(AbortSignal.timeout(1000))).status).toBe('ok');
});

// attack: serve from a machine whose clock is wrong | CWE-367 | guard: packages/service-kit/src/timekeeping/store-clock.ts
it('a replica whose clock differs by more than three seconds is not ready, and says by how much', async () => {
  const { clock, readiness } = await replica(40_000);
  expect(readiness.isReady).toBe(false);
  expect(readiness.states[0]?.reason).toMatch(
    /^The clock of this machine is (39|40)\.\d s ahead of that of (Redis|PostgreSQL), and /,
  );
  expect(clock.trust.isTrusted).toBe(false);
  expect(await clock.probe.run(AbortSignal.timeout(1000))).toMatchObject({ status: 'failed' });
});

// attack: start a replica while the clock of PostgreSQL alone is wrong | CWE-367 | guard: packages/service-kit/src/timekeeping/store-clock.ts
it('a replica does not start while the clock of PostgreSQL is wrong, and starts with the right time once it is repaired', async () => {
  const postgres = { aheadMs: 3_600_000 };
  const { clock } = unstarted(0, {
    query: async () => ({ rows: [{ ms: Date.now() + postgres.aheadMs }] }),
  } as never);
  await expect(clock.start()).rejects.toThrow(/ behind that of PostgreSQL$/);
  expect(clock.trust.isTrusted).toBe(false);
  postgres.aheadMs = 0;
  await clock.start();
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  expect(clock.trust.isTrusted).toBe(true);
});

it('a replica does not start while its own clock is wrong, and starts once it is repaired', async () => {
  const { clock, state } = unstarted(-40_000);
  await expect(clock.start()).rejects.toThrow(/^The clock of this machine is (39|40)\.\d s behind that of /);
  state.aheadMs = 0;
  await clock.start();
  expect(clock.trust.isTrusted).toBe(true);
});

it('a difference of two seconds is told as a problem, and the replica serves', async () => {
  const { clock, readiness, metrics } = await replica(-2000);
  expect(readiness.isReady).toBe(true);
  expect(await clock.probe.run(AbortSignal.timeout(1000))).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(
      /^The clock of this machine is \d\.\d s behind that of .*: set it by NTP\.$/,
    ),
  });
  expect(await metrics.expose()).toMatch(
    /gatehouse_clock_difference_seconds\{store="postgresql"\} -(1\.9|2)/,
  );
});

it('a region that starts while the writable one is down takes the clock of its own PostgreSQL until that answers', async () => {
  const away: Queryable = {
    query: async () => {
      throw new Error('the primary is away');
    },
  } as never;
  const { clock, readiness } = await replica(0, away);
  expect(readiness.isReady).toBe(true);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
});
