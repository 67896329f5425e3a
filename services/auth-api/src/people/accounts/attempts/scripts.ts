/** Counts attempts on passwords by Lua scripts, each on the keys of one account or one address, so in one slot. */
import { defineScript } from '@gatehouse/service-kit/redis';

/**
 * Reserves an attempt on an account before the password is verified, so that parallel attempts get no more than serial ones.
 * Members of both sets are `<place>:<spender>.<attempt id>`. Spenders are o (others), k (known browser), u (usual address) and
 * - (forgotten by an unlock: only the directory still counts it). The release before writes `<spender>:<attempt id>` and divides
 * the same number of refusals otherwise: total - 2, 1 and 1. Each member takes one of these places, too. So replicas of both
 * releases together let no more refusals through than the directory allows.
 * KEYS: refusals (by time), pending (by the time at which an attempt that was never settled is given up), known browsers and
 *       usual addresses (by last login).
 * ARGV: 1 now (ms), 2 attempt id, 3 window (ms), 4 refusals that the directory allows (0: any number), 5-7 those that o, k and
 *       u may spend of them, 8 refusals of a spender without a delay, 9 those of k, 10 first delay (ms), 11 longest delay (ms),
 *       12 life of a pending attempt (ms), 13 the last login from a usual address is not before (ms), 14 spenders to look at,
 *       without reserving anything, or '', 15 browser or '', 16… marks of the address.
 * Answers three values. First: 0 when the attempt may go on, -1 when it must wait for the answer to others, else the milliseconds
 * to wait. Then the member for the attempt, and what the caller is to the account.
 */
export const reserveOnAccount = defineScript(`
local now, window, total = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local limits = {o = tonumber(ARGV[5]), k = tonumber(ARGV[6]), u = tonumber(ARGV[7])}
local free = {o = tonumber(ARGV[8]), k = tonumber(ARGV[9]), u = tonumber(ARGV[8])}
local function zeros() return {o = 0, k = 0, u = 0, ['-'] = 0} end
local places, spent, asked, last = zeros(), zeros(), zeros(), zeros()
local refused, open, newest = 0, 0, 0
local function spenderOf(member)
  local place = string.sub(member, 1, 1)
  places[place] = places[place] + 1
  return string.match(member, '^.:(.)%.') or place
end
local refusals = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
if #refusals > 0 then newest = tonumber(refusals[#refusals]) end
if newest + window > now then
  for i = 1, #refusals, 2 do
    local spender = spenderOf(refusals[i])
    spent[spender], last[spender] = spent[spender] + 1, tonumber(refusals[i + 1])
    refused = refused + 1
  end
end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. now, '+inf')) do
  local spender = spenderOf(member)
  asked[spender] = asked[spender] + 1
  open = open + 1
end
local spenders = ARGV[14]
if spenders == '' then
  if ARGV[15] ~= '' and redis.call('ZSCORE', KEYS[3], ARGV[15]) then spenders = 'k' end
  for i = 16, #ARGV do
    local usedAt = redis.call('ZSCORE', KEYS[4], ARGV[i])
    if usedAt and tonumber(usedAt) >= tonumber(ARGV[13]) then spenders = spenders .. 'u' break end
  end
  spenders = spenders .. 'o'
end
local function freePlace()
  local most = {k = total >= 2 and 1 or 0, u = total >= 3 and 1 or 0, o = math.huge}
  if total > 0 then most.o = total - most.k - most.u end
  for place in string.gmatch('oku', '.') do
    if places[place] < most[place] then return place end
  end
end
local isBusy, wait = false, math.huge
for spender in string.gmatch(spenders, '.') do
  local used, delay = spent[spender] + asked[spender], 0
  if used >= free[spender] then
    local growth = 2 ^ math.min(used - free[spender], 30)
    delay = last[spender] + math.min(tonumber(ARGV[10]) * growth, tonumber(ARGV[11])) - now
  end
  local isSpent = total > 0 and (spent[spender] >= limits[spender] or refused >= total)
  local isAsked = total > 0 and (used >= limits[spender] or refused + open >= total)
  if isSpent then
    if limits[spender] > 0 then wait = math.min(wait, newest + window - now) end
  elseif isAsked or (used >= free[spender] and asked[spender] > 0) then
    isBusy = true
  elseif delay > 0 then
    wait = math.min(wait, delay)
  else
    local member = freePlace() .. ':' .. spender .. '.' .. ARGV[2]
    if ARGV[14] == '' then
      redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
      redis.call('ZADD', KEYS[2], now + tonumber(ARGV[12]), member)
      redis.call('PEXPIRE', KEYS[2], ARGV[12])
    end
    return {0, member, spenders}
  end
end
if isBusy then return {-1, '', spenders} end
return {math.ceil(wait), '', spenders}
`);

/**
 * Forgets the refusals of an account for our limits, at most so many times in a period by the clock of Redis. They keep their
 * places: the directory has counted them, and only a login or its own administrator makes it forget them.
 * KEYS: refusals, unlocks (by time). ARGV: 1 id of the unlock, 2 unlocks in a period, 3 period (ms).
 * Answers two values: the milliseconds until an unlock is possible again, or 0; and how many refusals were forgotten.
 */
export const forgetRefusals = defineScript(`
local refusals, forgotten = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), 0
for i = 1, #refusals, 2 do
  if not string.match(refusals[i], '^.:%-%.') then forgotten = forgotten + 1 end
end
if forgotten == 0 then return {0, 0} end
local time, period = redis.call('TIME'), tonumber(ARGV[3])
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - period)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then
  return {tonumber(redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]) + period - now, 0}
end
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[2], period)
for i = 1, #refusals, 2 do
  local member = refusals[i]
  if not string.match(member, '^.:%-%.') then
    local id = string.match(member, '^.:.%.(.*)$') or string.sub(member, 3)
    redis.call('ZADD', KEYS[1], refusals[i + 1], string.sub(member, 1, 2) .. '-.' .. id)
    redis.call('ZREM', KEYS[1], member)
  end
end
return {0, forgotten}
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
 * 4 whether a window without refusals ends all of them ('1'), or each ends by itself (''), 5 how many are remembered.
 */
export const countRefusal = defineScript(`
redis.call('ZREM', KEYS[2], ARGV[2])
if ARGV[4] == '1' then
  local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
  if newest and tonumber(newest) + tonumber(ARGV[3]) <= tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[5]))
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
