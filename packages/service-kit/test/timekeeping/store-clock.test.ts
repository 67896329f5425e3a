import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/postgres';
import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createReadiness } from '../../src/health/readiness.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';
import type { Queryable } from '../../src/postgres/pool.ts';
import { createRedis, type RedisClient, untilRedisIsReady } from '../../src/redis/client.ts';
import { createStoreClock } from '../../src/timekeeping/store-clock.ts';

const log = createLogger('clock', { level: 'silent', format: 'json' });
const isFollowed = { timeout: 5000, interval: 50 };
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

beforeEach(async () => {
  await redis.flushall();
});

afterAll(async () => {
  redis.disconnect();
  await pool.end();
  await Promise.all([database.close(), server.close()]);
});

/** A replica that has not started, of a machine whose clock is wrong. */
function unstarted(aheadMs: number, writer: Queryable = pool, maxDifferenceMs = 3000) {
  const metrics = createMetrics({ processMetrics: false });
  const state = { aheadMs };
  const systemMs = () => Date.now() + state.aheadMs;
  const clock = createStoreClock({
    ...{ pool, writer, redis, maxDifferenceMs, log, metrics, systemMs, commonKey: 'clock' },
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
    /^The clock of this machine is (39|40)(\.\d)? s ahead of that of (Redis|PostgreSQL)\. The clock /,
  );
  expect(clock.trust.isTrusted).toBe(false);
  expect(await clock.probe.run(AbortSignal.timeout(1000))).toMatchObject({ status: 'failed' });
});

// attack: issue while no clock is trusted what an end at another replica does not reach | CWE-367, OWASP ASVS 7.4.2 | guard: packages/service-kit/src/timekeeping/common-time.ts
it('replicas keep one time also while their clocks are not trusted', async () => {
  const { clock } = await replica(40_000);
  expect(clock.trust.isTrusted).toBe(false);
  const aheadMs = () => clock.now() - Date.now();
  const announcedMs = 1500;
  await redis.hset('clock', 'time', Date.now() + announcedMs, 'at', Date.now());
  await vi.waitFor(() => expect(Math.abs(aheadMs() - announcedMs)).toBeLessThan(200), isFollowed);
  await redis.del('clock');
  await vi.waitFor(async () => expect(await redis.hget('clock', 'time')).not.toBeNull(), isFollowed);
  expect(Number(await redis.hget('clock', 'time')) - Date.now()).toBeGreaterThan(announcedMs / 2);
});

// attack: start a replica while the clock of PostgreSQL alone is wrong | CWE-367 | guard: packages/service-kit/src/timekeeping/store-clock.ts
it('a replica does not start while the clock of PostgreSQL is wrong, and starts with the right time once it is repaired', async () => {
  const postgres = { aheadMs: 3_600_000 };
  const { clock } = unstarted(0, {
    query: async () => ({ rows: [{ ms: Date.now() + postgres.aheadMs }] }),
  } as never);
  await expect(clock.start()).rejects.toThrow(/ behind that of PostgreSQL\.$/);
  expect(clock.trust.isTrusted).toBe(false);
  postgres.aheadMs = 0;
  await clock.start();
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  expect(clock.trust.isTrusted).toBe(true);
});

it('a replica does not start while its own clock is wrong, and starts once it is repaired', async () => {
  const { clock, state } = unstarted(-40_000);
  await expect(clock.start()).rejects.toThrow(
    /^The clock of this machine is (39|40)(\.\d)? s behind that of /,
  );
  state.aheadMs = 0;
  await clock.start();
  expect(clock.trust.isTrusted).toBe(true);
});

/** A PostgreSQL whose clock can be set, and that answers as slowly as it is told. */
function postgresOf(state: { aheadMs: number; answerMs?: number }): Queryable {
  return {
    async query() {
      const atMs = Date.now() + state.aheadMs;
      if (state.answerMs !== undefined) await delay(state.answerMs);
      return { rows: [{ ms: atMs }] };
    },
  } as never;
}

// attack: correct PostgreSQL's clock, start one more replica, and outlive an end of the person by its time | CWE-367, OWASP ASVS 7.4.2 | guard: packages/service-kit/src/timekeeping/common-time.ts
it.each([2500, -2500])(
  'a replica that starts after the clock of PostgreSQL was corrected by %d ms begins with the time of those that run',
  async (ms) => {
    const postgres = { aheadMs: -ms };
    const running = unstarted(0, postgresOf(postgres)).clock;
    await running.start();
    expect(Math.abs(running.now() - Date.now() + ms)).toBeLessThan(500);
    postgres.aheadMs = 0;
    const started = unstarted(0, postgresOf(postgres)).clock;
    await started.start();
    expect(Math.abs(started.now() - running.now())).toBeLessThan(100);
  },
);

it('a replica that starts while PostgreSQL answers slowly and its own clock is wrong begins with the time of those that run', async () => {
  const { clock: running } = await replica(0);
  const { clock: started } = unstarted(-240, postgresOf({ aheadMs: 0, answerMs: 500 }));
  await started.start();
  expect(Math.abs(started.now() - running.now())).toBeLessThan(120);
});

it('a replica does not start while PostgreSQL answers too slowly to tell the time', async () => {
  const { clock } = unstarted(0, postgresOf({ aheadMs: 0, answerMs: 300 }), 300);
  await expect(clock.start()).rejects.toThrow('PostgreSQL answers too slowly to tell the time');
});

it('a difference of two seconds is told as a problem, and the replica serves', async () => {
  const { clock, readiness, metrics } = await replica(-2000);
  expect(readiness.isReady).toBe(true);
  expect(await clock.probe.run(AbortSignal.timeout(1000))).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(
      /^The clock of this machine is \d(\.\d)? s behind that of .*\. Set it by NTP\.$/,
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
