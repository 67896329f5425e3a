/** Follows a primary that real sentinels replace. */

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { startTcpProxy } from '@gatehouse/testing/network';
import { type RedisSentinel, redisConfigOf, startRedisSentinel } from '@gatehouse/testing/redis';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { normalizeError } from '../../src/errors/normalize.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import {
  createRedis,
  type RedisClient,
  type RedisConfig,
  untilRedisIsReady,
} from '../../src/redis/client.ts';

const log = createLogger('test', { level: 'silent', format: 'json' });
const patience = { timeout: 20_000, interval: 20 };
let closers: AsyncDisposableStack;
beforeEach(() => {
  closers = new AsyncDisposableStack();
});
afterEach(() => closers.disposeAsync());

async function start(options = {}): Promise<RedisSentinel> {
  const sentinel = await startRedisSentinel(options);
  closers.defer(() => sentinel.close());
  return sentinel;
}

async function open(sentinels: string[], change: Partial<RedisConfig> = {}): Promise<RedisClient> {
  const redis = createRedis({ ...redisConfigOf({ url: '' }, 500), sentinels, ...change }, { log });
  closers.defer(() => redis.disconnect());
  await untilRedisIsReady(redis);
  return redis;
}

it('a write that a killed primary did not acknowledge is 503, and sent once; then its successor takes all', async () => {
  const sentinel = await start({ password: 'a-password', sentinelPassword: 'b-password' });
  const redis = await open(sentinel.sentinels, {
    password: new Secret('a-password'),
    sentinelPassword: new Secret('b-password'),
  });
  const former = await sentinel.primary();
  const outcomes: number[] = [];
  const write = async () => {
    const number = outcomes.push(0) - 1;
    outcomes[number] = await redis.incr(`{t}${number}`).then(
      () => 200,
      (error) => normalizeError(error).status,
    );
  };
  await Promise.all(Array.from({ length: 50 }, write));
  const inFlight = Array.from({ length: 50 }, write);
  await Promise.all([former.stop('SIGKILL'), ...inFlight]);
  await write();
  expect(outcomes.at(-1)).toBe(503);
  await vi.waitFor(async () => expect(await redis.incr('{t}last')).toBeGreaterThan(0), patience);

  expect(await sentinel.primary()).not.toBe(former);
  expect(new Set(outcomes)).toEqual(new Set([200, 503]));
  // The client leaves the new primary once more when its sentinels announce what it has found already.
  const counts = await vi.waitFor(() => redis.mget(outcomes.map((_, number) => `{t}${number}`)), patience);
  expect(counts.filter((count) => count !== null && count !== '1')).toEqual([]);
}, 60_000);

it('an ordered fail-over leads every connection to the new primary', async () => {
  const sentinel = await start();
  const redis = await open(sentinel.sentinels);
  const former = await sentinel.primary();
  await sentinel.failOver();
  const primary = await sentinel.untilReplaced(former);
  const direct = new Redis(primary.port, '127.0.0.1');
  closers.defer(() => direct.disconnect());

  await vi.waitFor(async () => {
    await redis.set('x', '1');
    expect(await direct.get('x')).toBe('1');
  }, patience);
}, 60_000);

it('a sentinel that is away is not told of at each attempt to reach it', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  closers.defer(() => printed.mockRestore());
  const sentinel = await start();
  let attempts = 0;
  const away = createServer((socket) => {
    attempts += 1;
    socket.resetAndDestroy();
  }).listen(0, '127.0.0.1');
  closers.defer(() => void away.close());
  await once(away, 'listening');
  const { port } = away.address() as AddressInfo;
  const redis = await open([...sentinel.sentinels, `127.0.0.1:${port}`]);
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(3), patience);
  expect(printed).not.toHaveBeenCalled();
  expect(await redis.set('x', '1')).toBe('OK');
}, 60_000);

it('a fail-over that is announced while a sentinel is asked for the primary does not end the client', async () => {
  const sentinel = await start();
  const [asked = 0, telling = 0] = sentinel.sentinelPorts;
  const proxy = await startTcpProxy(() => asked);
  closers.defer(() => proxy.close());
  const redis = await open([`127.0.0.1:${proxy.port}`, `127.0.0.1:${telling}`], { commandTimeoutMs: 10_000 });
  const listener = new Redis(telling, '127.0.0.1');
  closers.defer(() => listener.disconnect());
  await listener.subscribe('+switch-master');
  const announced = new Promise((resolve) => listener.once('message', resolve));

  proxy.silence();
  const former = await sentinel.primary();
  await former.stop('SIGKILL');
  await announced;
  proxy.heal();

  await vi.waitFor(() => redis.set('x', '1'), patience);
}, 60_000);
