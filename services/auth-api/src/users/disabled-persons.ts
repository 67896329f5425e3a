/** Remembers whose rights were cut off because they are disabled: what is found again at every start is cut off once. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface DisabledPersons {
  /** Those that were not noted. */
  newOnes(environmentId: string, dbids: readonly number[]): Promise<number[]>;
  /** From now on exactly these are noted. */
  replace(environmentId: string, dbids: readonly number[]): Promise<void>;
  /** Who is enabled again may be disabled again. */
  forget(environmentId: string, dbid: number): Promise<void>;
}

/** Of a command, so that nobody waits behind it for long. */
const mostAtOnce = 1000;

export function createDisabledPersons(redis: RedisClient, keyspace: Keyspace): DisabledPersons {
  const keyOf = (environmentId: string) => keyspace.key('disabled-persons', environmentId);

  return {
    async newOnes(environmentId, dbids) {
      const key = keyOf(environmentId);
      const found: number[] = [];
      for (const part of partsOf(dbids)) {
        const known = await redis.smismember(key, ...part);
        found.push(...part.filter((_dbid, index) => known[index] !== 1));
      }
      return found;
    },
    async replace(environmentId, dbids) {
      const key = keyOf(environmentId);
      const noted = new Set((await redis.smembers(key)).map(Number));
      const wanted = new Set(dbids);
      for (const part of partsOf([...noted].filter((dbid) => !wanted.has(dbid))))
        await redis.srem(key, ...part);
      for (const part of partsOf(dbids.filter((dbid) => !noted.has(dbid)))) await redis.sadd(key, ...part);
    },
    async forget(environmentId, dbid) {
      await redis.srem(keyOf(environmentId), dbid);
    },
  };
}

function partsOf(dbids: readonly number[]): number[][] {
  const count = Math.ceil(dbids.length / mostAtOnce);
  return Array.from({ length: count }, (_part, index) =>
    dbids.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
}
