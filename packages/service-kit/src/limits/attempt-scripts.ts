/** Counts attempts by Lua scripts, each on the keys of one account or one address, so in one slot. */
import { defineScript } from '../redis/script.ts';

/**
 * Reserves an attempt before the secret is verified, so that parallel attempts cannot pass the limit. KEYS: attempts (sorted set by time), streak (hash), devices (sorted set by last sign-in).
 * ARGV: 1 now (ms), 2 attempt id, 3 window (ms), 4 attempts per window, 5 the same for a known device,
 *       6 failures in a row without a delay, 7 first delay (ms), 8 longest delay (ms), 9 life of the streak (ms),
 *       10 device or ''.
 * Answers 0 when the attempt may go on, else the milliseconds to wait.
 */
export const reserveAttempt = defineScript(`
local now, window = tonumber(ARGV[1]), tonumber(ARGV[3])
local known = ARGV[10] ~= '' and redis.call('ZSCORE', KEYS[3], ARGV[10]) ~= false
local limit = tonumber(known and ARGV[5] or ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
local wait = 0
if count >= limit then
  local blocking = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')
  wait = tonumber(blocking[2]) + window - now
end
if not known then
  local streak = redis.call('HMGET', KEYS[2], 'failures', 'last')
  local beyond = tonumber(streak[1] or 0) - tonumber(ARGV[6])
  if beyond >= 0 and streak[2] then
    local delay = math.min(tonumber(ARGV[7]) * 2 ^ math.min(beyond, 30), tonumber(ARGV[8]))
    wait = math.max(wait, tonumber(streak[2]) + delay - now)
  end
end
if wait > 0 then return math.ceil(wait) end
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('PEXPIRE', KEYS[1], window)
redis.call('HINCRBY', KEYS[2], 'failures', 1)
redis.call('HSET', KEYS[2], 'last', now)
redis.call('PEXPIRE', KEYS[2], ARGV[9])
return 0
`);

/**
 * Takes back an attempt whose secret was not verified and deletes its keys: made-up names must not fill Redis. KEYS: attempts, streak. ARGV: attempt id.
 */
export const releaseAttempt = defineScript(`
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
local failures = tonumber(redis.call('HGET', KEYS[2], 'failures') or 0)
if failures > 1 then redis.call('HINCRBY', KEYS[2], 'failures', -1) else redis.call('DEL', KEYS[2]) end
return 1
`);

/**
 * Resets the account after the right secret and remembers the device. KEYS: attempts, streak, devices.
 * ARGV: 1 now (ms), 2 device or '', 3 devices that are remembered, 4 life of that memory (ms).
 */
export const clearAttempts = defineScript(`
redis.call('DEL', KEYS[1], KEYS[2])
if ARGV[2] ~= '' then
  redis.call('ZADD', KEYS[3], ARGV[1], ARGV[2])
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[3]))
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
end
return 1
`);
