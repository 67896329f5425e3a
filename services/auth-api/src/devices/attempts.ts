/** Bounds how many user codes one address may try (RFC 8628 section 5.1), on all replicas together. */
import { tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import { addressGroup } from '@gatehouse/service-kit/limits/address-group';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { defineScript } from '@gatehouse/service-kit/redis/script';

export interface UserCodeAttempts {
  /** Counts a try before it is made. @throws AppError (429) */
  reserve(address: string): Promise<void>;
  /** The code was right: the try does not count. */
  release(address: string): Promise<void>;
}

/** Of 20^8 codes, this many tries find one of a thousand waiting devices once in 40 000 windows. */
const mostAttempts = 10;
const windowMs = 600_000;

/** Milliseconds until the window ends when it is used up, else 0. KEYS: count. ARGV: most, window (ms). */
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

export function createUserCodeAttempts(redis: RedisClient, keyspace: Keyspace): UserCodeAttempts {
  const keyOf = (address: string) => keyspace.key('limit:user-code', addressGroup(address));
  return {
    async reserve(address) {
      const waitMs = (await reserveTry.run(redis, [keyOf(address)], [mostAttempts, windowMs])) as number;
      if (waitMs > 0)
        throw tooManyRequests(Math.ceil(waitMs / 1000), { detail: 'too many user codes tried' });
    },
    async release(address) {
      await releaseTry.run(redis, [keyOf(address)], []);
    },
  };
}
