/** Bounds how often one party may try what it should know: user codes (RFC 8628 section 5.1), names of people; on all replicas together. */
import { tooManyRequests } from '@gatehouse/service-kit/errors';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';

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

interface TryLimit {
  /** Prefix of its keys. */
  name: string;
  /** Wrong tries in ten minutes. */
  maxAttempts: number;
  /** For the log, when there were more. */
  detail: string;
}

export type Tries = ReturnType<typeof createTries>;

export function createTries(redis: RedisClient, keyspace: Keyspace, { name, maxAttempts, detail }: TryLimit) {
  const keyOf = (party: string) => keyspace.key(name, party);
  return {
    /** Counts a try before it is made. `party`: a group of addresses, or a client. @throws AppError (429) */
    async reserve(party: string): Promise<void> {
      const waitMs = (await reserveTry.run(redis, [keyOf(party)], [maxAttempts, windowMs])) as number;
      if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1000), { detail });
    },
    /** Gives a try back after a right one. */
    async release(party: string): Promise<void> {
      await releaseTry.run(redis, [keyOf(party)], []);
    },
  };
}
