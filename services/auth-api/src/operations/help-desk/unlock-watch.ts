/** Counts how often each administrator unlocks accounts, and raises an alarm where one does it very often. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Metrics } from '@gatehouse/service-kit/observability';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { Actor } from '../../core/administration/actor.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { helpDeskEventOf } from './events.ts';

/** So many in an hour are no help for people who call. */
const alarmFrom = 30;
const hourMs = 3_600_000;
/** How long the overview shows an alarm. */
const shownMs = 24 * hourMs;

/** Counts by the clock of Redis. KEYS: unlocks (by time). ARGV: 1 id, 2 period (ms). */
const countUnlock = defineScript(`
local time, period = redis.call('TIME'), tonumber(ARGV[2])
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - period)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], period)
return redis.call('ZCARD', KEYS[1])
`);

/** Reads the alarms that are not too old, after adding one. KEYS: alarms (by time). ARGV: 1 period (ms), 2 administrator or ''. */
const useAlarms = defineScript(`
local time, period = redis.call('TIME'), tonumber(ARGV[1])
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - period)
if ARGV[2] ~= '' then
  redis.call('ZADD', KEYS[1], now, ARGV[2])
  redis.call('PEXPIRE', KEYS[1], period)
end
return redis.call('ZREVRANGE', KEYS[1], 0, -1)
`);

export interface UnlockWatchOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  audit: Pick<AuditWriter, 'write'>;
  metrics: Metrics;
}

export type UnlockWatch = ReturnType<typeof createUnlockWatch>;

export function createUnlockWatch({ redis, keyspace, audit, metrics }: UnlockWatchOptions) {
  const alarms = metrics.counter(
    'gatehouse_unlock_alarms_total',
    `Unlocks of accounts by an administrator who had unlocked ${alarmFrom - 1} or more within an hour.`,
  );
  const alarmsKey = keyspace.name('unlock-alarms');
  const use = async (administrator = '') =>
    (await useAlarms.run(redis, [alarmsKey], [shownMs, administrator])) as string[];

  return {
    /** The unlock goes on: a help desk may have a bad day, and somebody must look. */
    async record(actor: Actor, contactCenterId: string): Promise<void> {
      const key = keyspace.key('unlocks-by', sha256(actor.name));
      const unlocks = (await countUnlock.run(redis, [key], [randomToken(9), hourMs])) as number;
      if (unlocks < alarmFrom) return;
      alarms.inc();
      await Promise.all([
        use(actor.name),
        audit.write(helpDeskEventOf('many_delays_cleared', actor, { contactCenterId, fields: { unlocks } })),
      ]);
    },
    /** Names of the administrators of the last day, the last one first. */
    alarms: () => use(),
  };
}
