/** The Lua scripts that count sign-in attempts. Each touches the keys of one account or one address, so one slot. */

/**
 * Reserves an attempt before the password is checked, so that many at once cannot pass a limit that one by one would
 * stop. KEYS: attempts (sorted set by time), streak (hash).
 * ARGV: 1 now (ms), 2 attempt id, 3 window (ms), 4 attempts per window, 5 failures in a row without a delay,
 *       6 first delay (ms), 7 longest delay (ms), 8 life of the streak (ms).
 * Answers 0 when the attempt may go on, else the milliseconds to wait.
 */
export const reserveAttemptScript = `
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
local wait = 0
if count >= limit then
  local blocking = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')
  wait = tonumber(blocking[2]) + window - now
end
local streak = redis.call('HMGET', KEYS[2], 'failures', 'last')
local failures = tonumber(streak[1] or 0)
local free = tonumber(ARGV[5])
if failures >= free and streak[2] then
  local delay = math.min(tonumber(ARGV[6]) * 2 ^ math.min(failures - free, 30), tonumber(ARGV[7]))
  wait = math.max(wait, tonumber(streak[2]) + delay - now)
end
if wait > 0 then return math.ceil(wait) end
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('PEXPIRE', KEYS[1], window)
redis.call('HINCRBY', KEYS[2], 'failures', 1)
redis.call('HSET', KEYS[2], 'last', now)
redis.call('PEXPIRE', KEYS[2], ARGV[8])
return 0
`;

/** Takes back an attempt that never reached a Configuration Server. KEYS as above. ARGV: attempt id. */
export const releaseAttemptScript = `
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
if tonumber(redis.call('HGET', KEYS[2], 'failures') or 0) > 0 then redis.call('HINCRBY', KEYS[2], 'failures', -1) end
return 1
`;
