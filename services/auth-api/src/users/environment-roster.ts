/** Remembers which environments are in use, so that a fresh process listens to their person changes at once. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface EnvironmentRoster {
  add(environmentId: string): Promise<void>;
  remove(environmentId: string): Promise<void>;
  list(): Promise<string[]>;
}

export function createEnvironmentRoster(redis: RedisClient, keyspace: Keyspace): EnvironmentRoster {
  const key = keyspace.name('environments-in-use');
  return {
    async add(environmentId) {
      await redis.sadd(key, environmentId);
    },
    async remove(environmentId) {
      await redis.srem(key, environmentId);
    },
    list: () => redis.smembers(key),
  };
}
