/** Runs the stack's own Redis server, or checks one given by URL. */
import { startRedisServer } from '@gatehouse/testing/redis';
import { Redis } from 'ioredis';
import { PlainError } from '../../bootstrap/progress.mjs';
import type { SupervisedProgram } from '../processes/supervised.ts';
import type { StatePaths } from '../state/paths.ts';
import type { Secrets } from '../state/secrets.ts';

/** Prefix of every key and channel: a server may be shared, and a reset deletes only these. */
export const keyPrefix = 'gatehouse-demo:';

/** Sessions and refresh tokens without a table of their own for each (docs/explain/sizing.md). */
const compactHashes = ['--hash-max-listpack-value', '4096'];

export function redisUrl(port: number, secrets: Secrets): string {
  return `redis://:${secrets.redisPassword}@127.0.0.1:${port}`;
}

export function redisProgram(port: number, secrets: Secrets, paths: StatePaths): SupervisedProgram {
  return {
    name: 'redis',
    async launch(logFile, onSpawn) {
      await startRedisServer({
        port,
        dataDir: paths.redisData,
        password: secrets.redisPassword,
        detached: true,
        logFile,
        onSpawn,
        settings: compactHashes,
      });
    },
  };
}

/** Throws PlainError when the given server cannot be used. */
export async function checkRedis(url: string): Promise<void> {
  await withRedis(url, async (redis) => {
    const version = /redis_version:(\d+)/.exec(await redis.info('server'))?.[1];
    if (Number(version) < 7)
      throw new PlainError(`Redis at ${hostOf(url)} is version ${version}: 7.0 or newer is needed.`);
  });
}

/** Deletes the keys with the prefix from a shared server. */
export async function dropKeys(url: string): Promise<void> {
  await withRedis(url, async (redis) => {
    for (let cursor = '0'; ; ) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${keyPrefix}*`, 'COUNT', 1000);
      if (keys.length > 0) await redis.unlink(...keys);
      if (next === '0') return;
      cursor = next;
    }
  });
}

async function withRedis(url: string, work: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5000 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new PlainError(`Redis at ${hostOf(url)} cannot be used: ${(error as Error).message}`);
  }
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

function hostOf(url: string): string {
  return new URL(url).host;
}
