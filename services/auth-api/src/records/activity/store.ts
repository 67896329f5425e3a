/** Adds counts to the hashes of Redis, one for each hour of the installation and of each contact centre, and reads them. */
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { Hour } from './hour.ts';

/** The windows reach back 48 hours, into 49 hashes; a replica with a slow clock may still read the oldest. */
const keptSeconds = 50 * 3600;

/** One command for each hash: `HINCRBY` for each field, and the time to live. */
const addCounts = defineScript(`
for index = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[index], ARGV[index + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
`);

export type ActivityStore = ReturnType<typeof createActivityStore>;

export function createActivityStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = ({ hour, contactCenterId }: Hour) =>
    keyspace.key('activity', contactCenterId === undefined ? String(hour) : `${hour}:${contactCenterId}`);

  return {
    async add(hour: Hour, counts: ReadonlyMap<string, number>): Promise<void> {
      await addCounts.run(redis, [keyOf(hour)], [keptSeconds, ...[...counts].flat()]);
    },
    /** An hour without a count is an empty object. */
    read: (hour: Hour): Promise<Record<string, string>> => redis.hgetall(keyOf(hour)),
  };
}
