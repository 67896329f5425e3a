/** Sends a command to a cluster once. */
import { redisConfigOf, startRedisNodes } from '@gatehouse/testing/redis';
import { expect, it, vi } from 'vitest';
import { normalizeError } from '../../src/errors/normalize.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createRedis, untilRedisIsReady } from '../../src/redis/client.ts';
import { defineScript } from '../../src/redis/script.ts';

const log = createLogger('test', { level: 'silent', format: 'json' });
const commandTimeoutMs = 200;

/** As a node that has done the work when its connection breaks. */
const countSlowly = defineScript(`redis.call('INCR', KEYS[1])
local function now() local time = redis.call('TIME') return time[1] * 1000 + time[2] / 1000 end
local from = now()
while now() < from + ARGV[1] do end
return 1`);

it('a command whose connection ends before the answer is 503, and not sent again', async () => {
  const cluster = await startRedisNodes({ primaries: 3, replicasOfEach: 0 });
  const config = { ...redisConfigOf({ url: '' }, commandTimeoutMs), clusterNodes: cluster.addresses };
  const redis = createRedis(config, { log });
  await untilRedisIsReady(redis);

  const outcome = await countSlowly
    .run(redis, ['count'], [3 * commandTimeoutMs])
    .then(undefined, (error) => error);

  expect(normalizeError(outcome)).toMatchObject({ status: 503 });
  await vi.waitFor(async () => expect(await redis.get('count')).toBe('1'), { timeout: 10_000 });
  redis.disconnect();
  await cluster.close();
});
