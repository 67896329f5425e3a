import { setImmediate as nextTurn } from 'node:timers/promises';
import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createRedis, type RedisClient, untilRedisIsReady } from '../../src/redis/client.ts';

const commandTimeoutMs = 100;
let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = createRedis(redisConfigOf(server, commandTimeoutMs), {
    log: createLogger('test', { level: 'silent', format: 'json' }),
  });
  await untilRedisIsReady(redis);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.close();
});

/** Nothing else happens in this process meanwhile. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('a process that stood still for longer than a command may take still gets the answer', async () => {
  const answer = redis.ping();
  await nextTurn();
  standStill(3 * commandTimeoutMs);

  expect(await answer).toBe('PONG');
  expect(redis.status).toBe('ready');
});

it('a server that does not answer is left all the same', async () => {
  await redis.client('PAUSE', 5 * commandTimeoutMs, 'ALL');
  const startedAtMs = performance.now();

  await expect(redis.ping()).rejects.toThrow();

  expect(performance.now() - startedAtMs).toBeLessThan(5 * commandTimeoutMs);
});
