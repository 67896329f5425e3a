/** A real Redis server of a test's own, with the client and the key names that the service uses. */
import { createLogger } from '@gatehouse/service-kit/observability';
import {
  createKeyspace,
  createRedis,
  type Keyspace,
  type RedisClient,
  untilRedisIsReady,
} from '@gatehouse/service-kit/redis';
import { redisConfigOf, startRedis, startRedisCluster, type TestRedis } from '@gatehouse/testing/redis';

export interface RedisForTests {
  server: TestRedis;
  redis: RedisClient;
  keyspace: Keyspace;
  close(): Promise<void>;
}

export const silentLog = createLogger('test', { level: 'silent', format: 'json' });

/** `cluster`: a server that refuses every command whose keys are in more than one slot. */
export async function openRedis(options: { cluster?: boolean } = {}): Promise<RedisForTests> {
  const server = await (options.cluster ? startRedisCluster() : startRedis());
  const redis = createRedis(
    {
      ...redisConfigOf(server, 800),
      clusterNodes: options.cluster ? [`127.0.0.1:${server.port}`] : [],
      keyPrefix: 'test:',
    },
    { log: silentLog },
  );
  await untilRedisIsReady(redis);
  return {
    server,
    redis,
    keyspace: createKeyspace('test:'),
    async close() {
      redis.disconnect();
      await server.close();
    },
  };
}

/** A clock that stands still until it is moved. */
export function stoppedClock(startMs = 1_800_000_000_000) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}
