/** Stores logout notices in Redis until they are delivered: one sorted set, scored by the time of the next attempt. */
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';

/** Tells one client that a session is over. Plain JSON. */
export interface LogoutNotice {
  id: string;
  clientId: string;
  sub: string;
  /** Absent: every session of the user. */
  sid?: string;
  /** Number of failed attempts. */
  attempts: number;
}

const claimDue = defineScript(`
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], member) end
return due
`);

const replaceMember = defineScript(`
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2]) end
return 1
`);

export type NoticeStore = ReturnType<typeof createNoticeStore>;

export function createNoticeStore(redis: RedisClient, keyspace: Keyspace) {
  const key = keyspace.name('logout-notices');
  return {
    async add(notices: readonly LogoutNotice[], dueAtMs: number): Promise<void> {
      const members = notices.flatMap((notice) => [String(dueAtMs), JSON.stringify(notice)]);
      if (members.length > 0) await redis.zadd(key, ...members);
    },
    /** Takes due notices and hides them from other replicas until `heldUntilMs`, in case this replica dies. */
    async claim(nowMs: number, heldUntilMs: number, count: number): Promise<LogoutNotice[]> {
      const members = (await claimDue.run(redis, [key], [nowMs, heldUntilMs, count])) as string[];
      return members.map((member) => JSON.parse(member) as LogoutNotice);
    },
    async remove(notice: LogoutNotice): Promise<void> {
      await redis.zrem(key, JSON.stringify(notice));
    },
    /** Replaces a claimed notice. */
    async postpone(notice: LogoutNotice, next: LogoutNotice, dueAtMs: number): Promise<void> {
      await replaceMember.run(redis, [key], [JSON.stringify(notice), JSON.stringify(next), dueAtMs]);
    },
  };
}
