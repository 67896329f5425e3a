/** Counts attempts on passwords by Lua scripts, each on the keys of one account or one address, so in one slot. */
import { defineScript } from '@gatehouse/service-kit/redis/script';

/**
 * Reserves an attempt on an account before the password is verified, so that parallel attempts get no more than serial ones.
 * Members of both sets are `<spender>:<attempt id>`; spenders are o (others), k (known browser), u (usual address).
 * KEYS: refusals (by time), pending (by the time at which an attempt that was never settled is given up), known browsers and
 *       usual addresses (by last login).
 * ARGV: 1 now (ms), 2 attempt id, 3 window (ms), 4-6 refusals that o, k and u may spend, 7 refusals without a delay,
 *       8 first delay (ms), 9 longest delay (ms), 10 life of a pending attempt (ms), 11 the last login from a usual address
 *       is not before (ms), 12 spenders to look at, without reserving anything, or '', 13 browser or '', 14… marks of the address.
 * Answers three values. First: 0 when the attempt may go on, -1 when it must wait for the answer to others, else the milliseconds
 * to wait. Then the spender, and what the caller is to the account.
 */
export const reserveOnAccount = defineScript(`
local now, window, free = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[7])
local limits = {o = tonumber(ARGV[4]), k = tonumber(ARGV[5]), u = tonumber(ARGV[6])}
local spent, asked, last, newest = {o = 0, k = 0, u = 0}, {o = 0, k = 0, u = 0}, 0, 0
local refusals = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
if #refusals > 0 then newest = tonumber(refusals[#refusals]) end
if newest + window > now then
  for i = 1, #refusals, 2 do
    local spender = string.sub(refusals[i], 1, 1)
    spent[spender] = spent[spender] + 1
    if spender == 'o' then last = tonumber(refusals[i + 1]) end
  end
end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. now, '+inf')) do
  local spender = string.sub(member, 1, 1)
  asked[spender] = asked[spender] + 1
end
local spenders = ARGV[12]
if spenders == '' then
  spenders = 'o'
  if ARGV[13] ~= '' and redis.call('ZSCORE', KEYS[3], ARGV[13]) then spenders = spenders .. 'k' end
  for i = 14, #ARGV do
    local usedAt = redis.call('ZSCORE', KEYS[4], ARGV[i])
    if usedAt and tonumber(usedAt) >= tonumber(ARGV[11]) then spenders = spenders .. 'u' break end
  end
end
local isBusy, wait = false, math.huge
for spender in string.gmatch(spenders, '.') do
  local used, delay = spent[spender] + asked[spender], 0
  if spender == 'o' and used >= free then
    delay = last + math.min(tonumber(ARGV[8]) * 2 ^ math.min(used - free, 30), tonumber(ARGV[9])) - now
  end
  if spent[spender] >= limits[spender] then
    if limits[spender] > 0 then wait = math.min(wait, newest + window - now) end
  elseif used >= limits[spender] or (spender == 'o' and used >= free and asked.o > 0) then
    isBusy = true
  elseif delay > 0 then
    wait = math.min(wait, delay)
  else
    if ARGV[12] == '' then
      redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
      redis.call('ZADD', KEYS[2], now + tonumber(ARGV[10]), spender .. ':' .. ARGV[2])
      redis.call('PEXPIRE', KEYS[2], ARGV[10])
    end
    return {0, spender, spenders}
  end
end
if isBusy then return {-1, '', spenders} end
return {math.ceil(wait), '', spenders}
`);

/**
 * Reserves an attempt from an address, over all accounts. KEYS: refusals (by time), pending (as above).
 * ARGV: 1 now (ms), 2 attempt id, 3 window (ms), 4 refusals in a window, 5 life of a pending attempt (ms).
 * Answers as above, with one value.
 */
export const reserveFromAddress = defineScript(`
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
  local blocking = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')
  return math.ceil(tonumber(blocking[2]) + window - now)
end
if count + redis.call('ZCARD', KEYS[2]) >= limit then return -1 end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[5]), ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 0
`);

/**
 * Turns a pending attempt into a refusal. KEYS: refusals, pending. ARGV: 1 now (ms), 2 member, 3 window (ms),
 * 4 whether a window without refusals ends all of them ('1'), or each ends by itself ('').
 */
export const countRefusal = defineScript(`
redis.call('ZREM', KEYS[2], ARGV[2])
if ARGV[4] == '1' then
  local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
  if newest and tonumber(newest) + tonumber(ARGV[3]) <= tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

/**
 * After the right password: forgets the refusals before the attempt, as the Configuration Server does, and remembers browser and
 * address. KEYS: refusals, pending, known browsers, usual addresses.
 * ARGV: 1 now (ms), 2 member, 3 when it was reserved (ms), 4 browser or '', 5 browsers remembered, 6 life of that memory (ms),
 *       7 mark of the address or '', 8 addresses remembered, 9 life of that memory (ms).
 */
export const countSuccess = defineScript(`
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local function remember(key, name, most, life)
  if name == '' then return end
  redis.call('ZADD', key, ARGV[1], name)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', tonumber(ARGV[1]) - tonumber(life))
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(most))
  redis.call('PEXPIRE', key, life)
end
remember(KEYS[3], ARGV[4], ARGV[5], ARGV[6])
remember(KEYS[4], ARGV[7], ARGV[8], ARGV[9])
return 1
`);
