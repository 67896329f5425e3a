/** Leaves a Redis that became a replica, where one address leads to the primary. */

import { startTcpProxy } from '@gatehouse/testing/network';
import { redisConfigOf, startRedis } from '@gatehouse/testing/redis';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { normalizeError } from '../../src/errors/normalize.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createRedis, untilRedisIsReady } from '../../src/redis/client.ts';

const log = createLogger('test', { level: 'silent', format: 'json' });

it('a connection to a primary that became a replica refuses one write, and the next one reaches the new primary', async () => {
  const [former, next] = await Promise.all([startRedis(), startRedis()]);
  let active = former;
  const address = await startTcpProxy(() => active.port);
  const config = redisConfigOf({ url: `redis://127.0.0.1:${address.port}` }, 500);
  const redis = createRedis(config, { log });
  await untilRedisIsReady(redis);
  await redis.set('x', '1');

  active = next;
  const admin = new Redis(former.port, '127.0.0.1');
  await admin.replicaof('127.0.0.1', next.port);
  const refused = await redis.set('x', '2').then(undefined, (error: Error) => error);

  expect(normalizeError(refused)).toMatchObject({ status: 503 });
  await vi.waitFor(() => redis.set('x', '3'), { timeout: 5000 });
  redis.disconnect();
  admin.disconnect();
  address.close();
  await Promise.all([former.close(), next.close()]);
});
