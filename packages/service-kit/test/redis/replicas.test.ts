import { redisConfigOf, startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { examine } from '../../src/health/diagnosis.ts';
import { createHeartbeat } from '../../src/health/heartbeat.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createRedis, type RedisClient, untilRedisIsReady } from '../../src/redis/client.ts';
import { createReplicas } from '../../src/redis/replicas.ts';

const log = createLogger('replicas', { level: 'silent', format: 'json' });
const key = 'gatehouse:replicas';
let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = createRedis(redisConfigOf(server, 5000), { log });
  await untilRedisIsReady(redis);
});
beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await server.close();
});

const found = async () => (await examine([createReplicas(redis, key).probe])).findings[0];
const announce = (service: string, instance: string, version?: string) =>
  createReplicas(redis, key).announce({ service, instance, version });

it('replicas of one version are counted by service', async () => {
  await announce('auth-ui', 'c/1', '1.0.0');
  await announce('auth-api', 'a/1', '1.0.0');
  await announce('auth-api', 'b/1', '1.0.0');
  await announce('auth-api', 'b/1', '1.0.0');
  expect(await found()).toMatchObject({
    status: 'ok',
    message: 'Each service has one version: auth-api 2 × 1.0.0, auth-ui 1 × 1.0.0.',
  });
});

it('a replica of another version fails until it ends', async () => {
  await announce('auth-api', 'a/1', '1.0.0');
  await announce('auth-api', 'b/1', '0.9.0');
  await announce('environment-api', 'c/1', '1.0.0');
  const finding = await found();
  expect(finding?.status).toBe('failed');
  expect(finding?.message).toMatch(/auth-api 1 × (1.0.0 \+ 1 × 0.9.0|0.9.0 \+ 1 × 1.0.0)\./);
  expect(finding?.message).not.toContain('environment-api');
  await announce('auth-api', 'b/1');
  expect(await found()).toMatchObject({ status: 'ok' });
});

it('a replica that fell silent is forgotten after 30 seconds', async () => {
  await announce('auth-api', 'a/1', '1.0.0');
  const [seconds] = await redis.time();
  await redis.hset(key, 'auth-api b/1', `${Number(seconds) - 29} 0.9.0`);
  expect(await found()).toMatchObject({ status: 'failed' });
  await redis.hset(key, 'auth-api b/1', `${Number(seconds) - 32} 0.9.0`);
  expect(await found()).toMatchObject({ status: 'ok' });
  expect(await redis.hexists(key, 'auth-api b/1')).toBe(0);
});

it('a heartbeat tells its version at once, and ends with a good-bye', async () => {
  const { announce: tell } = createReplicas(redis, key);
  const heartbeat = createHeartbeat({ service: 'auth-api', version: '2.0.0', log, announce: tell });
  onTestFinished(heartbeat.stop);
  heartbeat.start();
  await vi.waitFor(async () => expect((await found())?.message).toContain('auth-api 1 × 2.0.0'));
  await heartbeat.stop();
  expect(await redis.exists(key)).toBe(0);
});

it('a process that never began says no good-bye', async () => {
  const heartbeat = createHeartbeat({
    ...{ service: 'auth-api', version: '2.0.0', log },
    announce: async () => expect.unreachable(),
  });
  await heartbeat.stop();
});
