/** The counts in Redis: what adds to them, what they cost, and what an outage does to them. */
import { createLogger } from '@gatehouse/service-kit/observability';
import {
  createKeyspace,
  createRedis,
  type RedisClient,
  untilRedisIsReady,
} from '@gatehouse/service-kit/redis';
import { redisConfigOf, startRedis, startRedisCluster, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createActivityCounter } from '../../../src/records/activity/counter.ts';
import { hourMs, hourOf, minuteMs, successOf, tokensIssued } from '../../../src/records/activity/hour.ts';
import { createSeries, percentile, windowAt } from '../../../src/records/activity/series.ts';
import { createActivityStore } from '../../../src/records/activity/store.ts';

const log = createLogger('test', { level: 'silent', format: 'json' });
const keyspace = createKeyspace('');
const center = '22222222-2222-4222-8222-222222222222';
/** A quarter past an hour. */
const start = Date.UTC(2027, 0, 31, 8, 15);
let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis({ persistent: true });
  redis = createRedis(redisConfigOf(server, 1000), { log });
  await untilRedisIsReady(redis);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.close();
});

function replica(options: { redis?: RedisClient; maxWaiting?: number; keyPrefix?: string } = {}) {
  const clock = { ms: start };
  const store = createActivityStore(options.redis ?? redis, createKeyspace(options.keyPrefix ?? ''));
  const { maxWaiting = 50_000 } = options;
  const counter = createActivityCounter({ store, now: () => clock.ms, log, maxWaiting });
  const read = async (contactCenterId?: string) => {
    const stepMs = contactCenterId === undefined ? minuteMs : 10 * minuteMs;
    const window = windowAt(clock.ms, { lengthMs: hourMs, stepMs });
    const hours = [hourOf(window.fromMs), hourOf(window.toMs - 1)];
    const hashes = await Promise.all(hours.map((hour) => store.read({ hour, contactCenterId })));
    return createSeries(window, new Map(hours.map((hour, index) => [hour, hashes[index] ?? {}])));
  };
  return { clock, store, counter, read };
}

describe('the counts of sign-ins', () => {
  it('are the sum of all replicas, by the minute, also across the change of an hour', async () => {
    const [one, other] = [replica({ keyPrefix: 'sum:' }), replica({ keyPrefix: 'sum:' })];
    for (const { clock, counter } of [one, other]) {
      clock.ms = start - 20 * minuteMs;
      counter.count(successOf(30), center);
      clock.ms = start;
      counter.count(successOf(90), center);
      counter.count('bad_credentials', center);
      counter.count(tokensIssued);
      await counter.flush();
    }
    const { steps, total, failures } = await one.read();
    expect(total).toMatchObject({ succeeded: 4, failed: 2, tokensIssued: 2, tokensRefused: 0 });
    expect(steps).toHaveLength(60);
    expect(steps.filter(({ succeeded }) => succeeded > 0)).toMatchObject([
      { atMs: start - 20 * minuteMs, succeeded: 2, failed: 0 },
      { atMs: start, succeeded: 2, failed: 2 },
    ]);
    expect(failures).toEqual([{ reason: 'bad_credentials', count: 2 }]);
    const own = await other.read(center);
    expect(own.total).toMatchObject({ succeeded: 4, failed: 2, tokensIssued: 0 });
    expect(own.steps.filter(({ succeeded }) => succeeded > 0).map(({ atMs }) => atMs)).toEqual([
      start - 25 * minuteMs,
      start - 5 * minuteMs,
    ]);
  });

  it('cost a request nothing: what was counted is added by one command for each hash', async () => {
    const { counter, store } = replica({ keyPrefix: 'cost:' });
    const before = await commandsOf();
    for (let index = 0; index < 1000; index += 1) counter.count('bad_credentials', center);
    expect(await commandsOf()).toBe(before);
    await counter.flush();
    // One time with the digest that the server did not know, perhaps, for each of the two hashes.
    expect((await commandsOf()) - before).toBeLessThanOrEqual(4);
    expect(await store.read({ hour: hourOf(start), contactCenterId: center })).toEqual({
      '10:bad_credentials': '1000',
    });
  });

  it('expire by themselves after the two days that can be looked at', async () => {
    const { counter } = replica({ keyPrefix: 'expiry:' });
    counter.count('bad_credentials', center);
    await counter.flush();
    for (const key of await redis.keys('expiry:*')) expect(await redis.ttl(key)).toBeGreaterThan(49 * 3600);
    expect(await redis.keys('expiry:*')).toHaveLength(2);
  });

  it('lose nothing at a clean stop', async () => {
    const { counter, read } = replica({ keyPrefix: 'stop:' });
    counter.start();
    counter.count('bad_credentials', center);
    await counter.stop();
    expect((await read()).total.failed).toBe(1);
  });

  it('wait in memory while Redis is away, and are added when it is back', async () => {
    const own = await startRedis({ persistent: true });
    const client = createRedis(redisConfigOf(own, 1000), { log });
    onTestFinished(async () => {
      client.disconnect();
      await own.close();
    });
    await untilRedisIsReady(client);
    const { counter, read } = replica({ redis: client });
    counter.count('bad_credentials', center);
    await own.stop();
    await expect(counter.flush()).rejects.toThrow();
    counter.count('bad_credentials', center);
    await own.start();
    await expect.poll(() => client.status).toBe('ready');
    await counter.flush();
    expect((await read()).total.failed).toBe(2);
    expect((await read(center)).total.failed).toBe(2);
  });

  // attack: memory used up by counts while Redis is away | CWE-770 | guard: services/auth-api/src/records/activity/counter.ts
  it('take bounded memory while Redis is away: those of contact centres are left out first', async () => {
    const { counter, store } = replica({ keyPrefix: 'bound:', maxWaiting: 20 });
    for (let index = 0; index < 100; index += 1) counter.count('bad_credentials', `center-${index}`);
    await counter.flush();
    expect(await redis.keys('bound:*center*')).toHaveLength(20);
    const all = await store.read({ hour: hourOf(start), contactCenterId: undefined });
    expect(all).toEqual({ '15:bad_credentials': '100' });
  });

  it('are small: an hour of a busy contact centre takes less than 600 bytes', async () => {
    const { clock, counter } = replica({ keyPrefix: 'gatehouse:' });
    for (let minute = 0; minute < 60; minute += 1) {
      clock.ms = start - (start % hourMs) + minute * minuteMs;
      for (const durationMs of [60, 90, 150, 250]) counter.count(successOf(durationMs), center);
      counter.count('bad_credentials', center);
      counter.count('throttled', center);
    }
    await counter.flush();
    const bytesOf = (id: string) => redis.memory('USAGE', keyspace.key('gatehouse:activity', id));
    expect(await bytesOf(`${hourOf(start)}:${center}`)).toBeLessThan(600);
    expect(await bytesOf(String(hourOf(start)))).toBeLessThan(24_000);
  });
});

it('in a cluster each hash is in a slot of its own, and the counts are added all the same', async () => {
  const cluster = await startRedisCluster();
  const config = { ...redisConfigOf(cluster, 1000), clusterNodes: [`127.0.0.1:${cluster.port}`] };
  const client = createRedis(config, { log });
  onTestFinished(async () => {
    client.disconnect();
    await cluster.close();
  });
  await untilRedisIsReady(client);
  const { counter, read } = replica({ redis: client });
  for (let index = 0; index < 50; index += 1) counter.count(successOf(10), `center-${index}`);
  await counter.flush();
  expect((await read()).total.succeeded).toBe(50);
  expect((await read('center-7')).total.succeeded).toBe(1);
});

it('percentiles lie within the class in which so many sign-ins were that fast', () => {
  const none = [0, 0, 0, 0, 0, 0, 0, 0];
  expect(percentile(none, 0.5)).toBeUndefined();
  expect(percentile([10, 0, 0, 0, 0, 0, 0, 0], 0.5)).toBe(25);
  expect(percentile([50, 45, 5, 0, 0, 0, 0, 0], 0.95)).toBe(100);
  expect(percentile([0, 0, 0, 0, 0, 0, 0, 3], 0.95)).toBe(3200);
});

/** Commands that the server has run, those of this question aside. */
async function commandsOf(): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/^cmdstat_(evalsha|eval|hincrby|expire):calls=(\d+)/gm)]
    .filter(([, name]) => name === 'evalsha' || name === 'eval')
    .reduce((sum, [, , calls]) => sum + Number(calls), 0);
}
