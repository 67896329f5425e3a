/** Counts attempts on an account as the release before 2026-11-30 does, whose replicas run beside ours during an upgrade. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { defineScript } from '@gatehouse/service-kit/redis';
import type { RedisForTests } from '../../stack/redis.ts';

const reserveOnAccount = defineScript(`
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

const countRefusal = defineScript(`
redis.call('ZREM', KEYS[2], ARGV[2])
if ARGV[4] == '1' then
  local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
  if newest and tonumber(newest) + tonumber(ARGV[3]) <= tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

/** Reserves and counts a refusal, by whoever it is. Gives whether the directory was asked. */
export function formerLimiter({ redis, keyspace }: RedisForTests, windowMs: number) {
  return async (account: string, threshold: number, device: string, marks: string[], nowMs: number) => {
    const keys = ['refusals', 'pending', 'devices', 'addresses'].map((part) =>
      keyspace.key(`limit:account:${part}`, sha256(account)),
    );
    const total = Math.max(1, threshold - 1);
    const [known, usual] = [total >= 2 ? 1 : 0, total >= 3 ? 1 : 0];
    const id = randomToken(9);
    const given = [
      nowMs,
      id,
      windowMs,
      total - known - usual,
      known,
      usual,
      1_000,
      1_000,
      1_000,
      120_000,
      0,
      '',
    ];
    const [waitMs, spender] = (await reserveOnAccount.run(redis, keys, [
      ...given,
      device === '' ? '' : sha256(device),
      ...marks,
    ])) as [number, string];
    if (waitMs !== 0) return false;
    await countRefusal.run(redis, keys.slice(0, 2), [nowMs, `${spender}:${id}`, windowMs, '1']);
    return true;
  };
}
