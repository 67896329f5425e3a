/** Defines the Lua scripts of codes and refresh tokens. Each uses the keys of one family, so of one Redis slot. */
import { defineScript } from '@gatehouse/service-kit/redis';
import type { Grant } from './grant.ts';

/**
 * Consumes a code once. KEYS: code, spent code. ARGV: secret hash, life of the tombstone (ms).
 * The record starts with the hash of its secret (43 characters).
 */
export const consumeCode = defineScript(`
local record = redis.call('GET', KEYS[1])
if record then
  if string.sub(record, 1, 43) ~= ARGV[1] then return {'unknown'} end
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return {'consumed', string.sub(record, 44)}
end
if redis.call('GET', KEYS[2]) == ARGV[1] then return {'reused'} end
return {'unknown'}
`);

/**
 * Starts the refresh tokens of a family, unless the family was revoked meanwhile (a racing replay of its code).
 * KEYS: refresh, revoked. ARGV: secret hash, client id, scope, grant (JSON), now (ms), end (ms), end if it is not used (ms), what it is bound to or ''.
 */
export const openRefresh = defineScript(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'current', ARGV[1], 'client', ARGV[2], 'scope', ARGV[3], 'grant', ARGV[4],
  'checked', ARGV[5], 'issued', ARGV[5], 'ends', ARGV[6], 'expires', ARGV[7], 'bound', ARGV[8])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[7]) - tonumber(ARGV[5])))
return 1
`);

/**
 * Rotates a refresh token. A family that was not used for the idle time is unknown. KEYS: refresh, revoked.
 * ARGV: 1 presented hash, 2 next hash, 3 client id, 4 requested scope or '', 5 now (ms), 6 grace (ms),
 *       7 salt of the successor, 8 oldest acceptable check of the person (ms), 9 checked grant (JSON) or '', 10 life of the revocation (ms), 11 idle time (ms),
 *       12 what the sender proved or ''.
 * Only reuse changes the family of a refused token: it ends it.
 */
export const rotateRefresh = defineScript(`
local r = redis.call('HMGET', KEYS[1], 'current', 'previous', 'client', 'scope', 'grant', 'rotated', 'salt', 'answered', 'checked', 'ends', 'expires', 'bound')
if not r[1] then
  if redis.call('EXISTS', KEYS[2]) == 1 then return {'revoked'} end
  return {'unknown'}
end
-- Families of releases without idle time have neither field: they end when their key expires.
local ends = tonumber(r[10]) or (tonumber(ARGV[5]) + redis.call('PTTL', KEYS[1]))
if tonumber(r[11] or ends) <= tonumber(ARGV[5]) then return {'unknown'} end
if r[3] ~= ARGV[3] then return {'foreign'} end
if r[12] and r[12] ~= '' and r[12] ~= ARGV[12] then return {'unbound'} end
if r[1] == ARGV[1] then
  local granted = r[4]
  if ARGV[4] ~= '' then
    local allowed = ' ' .. r[4] .. ' '
    if not string.find(allowed, ' * ', 1, true) then
      for value in string.gmatch(ARGV[4], '%S+') do
        if not string.find(allowed, ' ' .. value .. ' ', 1, true) then return {'scope'} end
      end
    end
    granted = ARGV[4]
  end
  local checked = tonumber(r[9])
  -- A check in the future was made before a clock was set back: it proves nothing.
  if ARGV[9] == '' and (checked <= tonumber(ARGV[8]) or checked > tonumber(ARGV[5])) then return {'check', r[5]} end
  local expires = math.min(ends, tonumber(ARGV[5]) + tonumber(ARGV[11]))
  redis.call('HSET', KEYS[1], 'current', ARGV[2], 'previous', ARGV[1], 'rotated', ARGV[5], 'salt', ARGV[7], 'answered', granted,
    'issued', ARGV[5], 'ends', string.format('%.0f', ends), 'expires', string.format('%.0f', expires))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', expires - tonumber(ARGV[5])))
  if ARGV[9] ~= '' then
    redis.call('HSET', KEYS[1], 'grant', ARGV[9], 'checked', ARGV[5])
    return {'rotated', ARGV[9], granted}
  end
  return {'rotated', r[5], granted}
end
local grace = tonumber(ARGV[6])
if r[2] == ARGV[1] and grace > 0 and tonumber(ARGV[5]) - tonumber(r[6]) <= grace then
  return {'repeated', r[5], r[8], r[6], r[7] or '', r[1]}
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[10])
return {'reused', r[5]}
`);

/** Ends a family. KEYS: code, refresh, revoked. ARGV: life of the revocation (ms). */
export const revokeFamily = defineScript(`
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SET', KEYS[3], '1', 'PX', ARGV[1])
return 1
`);

export type RotatedRefresh =
  | { outcome: 'rotated'; grant: Grant; scope: string[]; rotatedAtMs: number }
  /** The token was rotated within the grace period: `salt` and `nextHash` repeat what was answered then. */
  | {
      outcome: 'repeated';
      grant: Grant;
      scope: string[];
      rotatedAtMs: number;
      salt: string;
      nextHash: string;
    }
  /** The person must be read again before this family gets another token. */
  | { outcome: 'check'; grant: Grant }
  | { outcome: 'reused'; grant: Grant }
  | { outcome: 'unknown' | 'revoked' | 'foreign' | 'unbound' | 'scope' };

/** Reads the reply of rotateRefresh. */
export function readRotation(
  [outcome, grant = '', scope = '', rotatedAtMs = '', salt = '', nextHash = '']: string[],
  nowMs: number,
): RotatedRefresh {
  switch (outcome) {
    case 'rotated':
      return { outcome, grant: JSON.parse(grant) as Grant, scope: valuesOf(scope), rotatedAtMs: nowMs };
    case 'repeated':
      return {
        outcome,
        grant: JSON.parse(grant) as Grant,
        scope: valuesOf(scope),
        rotatedAtMs: Number(rotatedAtMs),
        salt,
        nextHash,
      };
    case 'check':
    case 'reused':
      return { outcome, grant: JSON.parse(grant) as Grant };
    case 'revoked':
    case 'foreign':
    case 'unbound':
    case 'scope':
      return { outcome };
    default:
      return { outcome: 'unknown' };
  }
}

/** A grant of authorization details alone has no scope. */
function valuesOf(scope: string): string[] {
  return scope === '' ? [] : scope.split(' ');
}
