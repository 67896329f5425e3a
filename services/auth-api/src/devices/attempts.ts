/** Bounds how many user codes one address may try (RFC 8628 section 5.1), on all replicas together. */
import { tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import { addressGroup } from '@gatehouse/service-kit/limits/address-group';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';
import { defineScript } from '@gatehouse/service-kit/redis/script';

/** With 20^8 codes, this many tries find one of a thousand waiting devices once in 2.5 million windows. */
const maxAttempts = 10;
const windowMs = 600_000;

/** Gives 0, or the milliseconds until the window ends when all tries are used. KEYS: count. ARGV: tries, window (ms). */
const reserveTry = defineScript(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if count <= tonumber(ARGV[1]) then return 0 end
redis.call('DECR', KEYS[1])
return math.max(1, redis.call('PTTL', KEYS[1]))
`);

const releaseTry = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('DECR', KEYS[1])
`);

export type UserCodeAttempts = ReturnType<typeof createUserCodeAttempts>;

export function createUserCodeAttempts(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (address: string) => keyspace.key('limit:user-code', addressGroup(address));
  return {
    /** Counts a try before it is made. @throws AppError (429) */
    async reserve(address: string): Promise<void> {
      const waitMs = (await reserveTry.run(redis, [keyOf(address)], [maxAttempts, windowMs])) as number;
      if (waitMs > 0)
        throw tooManyRequests(Math.ceil(waitMs / 1000), { detail: 'too many user codes tried' });
    },
    /** Gives a try back after a right code. */
    async release(address: string): Promise<void> {
      await releaseTry.run(redis, [keyOf(address)], []);
    },
  };
}
