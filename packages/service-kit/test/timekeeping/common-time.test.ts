import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createRedis, type RedisClient, untilRedisIsReady } from '../../src/redis/client.ts';
import { createReferenceClock } from '../../src/reference-clock.ts';
import { createCommonTime } from '../../src/timekeeping/common-time.ts';

const key = 'clock';
let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = createRedis(redisConfigOf(server, 5000), {
    log: createLogger('clock', { level: 'silent', format: 'json' }),
  });
  await untilRedisIsReady(redis);
});

beforeEach(async () => {
  await redis.flushall();
});

afterAll(async () => {
  redis.disconnect();
  await server.close();
});

/** A replica whose clock is ahead of the right time by as much as is set. */
async function replica(aheadMs = 0, client: Pick<RedisClient, 'evalsha' | 'eval'> = redis) {
  const state = { aheadMs };
  const clock = createReferenceClock({
    reference: { store: 'postgresql', ask: async () => Date.now() },
    compared: [],
    maxDifferenceMs: 3000,
    onStep: () => undefined,
    systemMs: () => Date.now() + state.aheadMs,
    monotonicMs: () => performance.now() + state.aheadMs,
  });
  const common = createCommonTime({ redis: client as RedisClient, key, clock, maxDifferenceMs: 3000 });
  onTestFinished(common.stop);
  await common.start();
  return { state, common, aheadMs: () => clock.now() - Date.now() };
}

const isFollowed = { timeout: 5000, interval: 50 };

// attack: issue at a replica that is ahead what an end at another one does not reach | CWE-367, OWASP ASVS 7.4.2 | guard: packages/service-kit/src/timekeeping/common-time.ts
it('a replica that falls behind, as on a machine that slept, has the time of the others again after a second', async () => {
  const [slept, other] = [await replica(), await replica()];
  slept.state.aheadMs = -2000;
  expect(slept.aheadMs()).toBeLessThan(-1900);
  await vi.waitFor(() => expect(Math.abs(slept.aheadMs() - other.aheadMs())).toBeLessThan(100), isFollowed);
});

it('the first replica keeps its own time, and goes on with it after Redis was emptied', async () => {
  const { aheadMs, common } = await replica(1500);
  expect(Math.abs(aheadMs() - 1500)).toBeLessThan(100);
  await redis.flushall();
  await vi.waitFor(async () => expect(await redis.exists(key)).toBe(1), isFollowed);
  expect(Math.abs(aheadMs() - 1500)).toBeLessThan(100);
  common.assertTogether();
});

// attack: set the clock of Redis ahead, so that the replicas of an installation follow it | CWE-367 | guard: packages/service-kit/src/timekeeping/common-time.ts
it('replicas do not follow a clock of Redis that jumps', async () => {
  let jumpMs = 0;
  let replaced = 0;
  const jumping = {
    eval: (...args: Parameters<RedisClient['eval']>) => redis.eval(...args),
    async evalsha(...args: Parameters<RedisClient['evalsha']>) {
      const [commonMs, redisMs] = (await redis.evalsha(...args)) as [string, string];
      const isReplaced = args.at(-1) === 'replace';
      if (isReplaced) replaced += 1;
      return [String(Number(commonMs) + (isReplaced ? 0 : jumpMs)), String(Number(redisMs) + jumpMs)];
    },
  } as unknown as RedisClient;
  const { aheadMs } = await replica(0, jumping);
  jumpMs = 2000;
  await vi.waitFor(() => expect(replaced).toBe(1), isFollowed).catch(() => undefined);
  expect(Math.abs(aheadMs())).toBeLessThan(100);
  expect(replaced).toBe(1);
});

it('a replica that is further behind than three seconds does not follow, and is not ready', async () => {
  const [behind] = [await replica(), await replica()];
  behind.state.aheadMs = -5000;
  await vi.waitFor(
    () => expect(behind.common.assertTogether).toThrow(/^The time of this replica is [45]\.\d s behind /),
    isFollowed,
  );
  expect(behind.aheadMs()).toBeLessThan(-4900);
});

it('a replica whose time is further ahead than three seconds does not start', async () => {
  await replica();
  await expect(replica(5000)).rejects.toThrow(
    /^The time of this replica is 5\.0 s ahead of that of the others$/,
  );
});

it('the time that replicas left is a little behind, so that replicas which correct theirs backwards do not hold each other up', async () => {
  const leftAtMs = Date.now() - 9000;
  await redis.hset(key, 'time', leftAtMs, 'at', leftAtMs);
  const { aheadMs } = await replica();
  expect(aheadMs()).toBeLessThan(-50);
  expect(aheadMs()).toBeGreaterThan(-150);
});
