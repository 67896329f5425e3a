/** Notices that wait in Redis: one sorted set, scored by when somebody should deliver them. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { defineScript } from '@gatehouse/service-kit/redis/script';
import type { LogoutNotice } from './notice.ts';

export interface NoticeStore {
  add(notices: readonly LogoutNotice[], dueAtMs: number): Promise<void>;
  /** Those that are due, kept from other replicas until `heldUntilMs`: should this one die, they try again then. */
  claim(nowMs: number, heldUntilMs: number, count: number): Promise<LogoutNotice[]>;
  remove(notice: LogoutNotice): Promise<void>;
  /** In place of what was claimed. */
  postpone(notice: LogoutNotice, next: LogoutNotice, dueAtMs: number): Promise<void>;
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

export function createNoticeStore(redis: RedisClient, keyspace: Keyspace): NoticeStore {
  const key = keyspace.name('logout-notices');
  return {
    async add(notices, dueAtMs) {
      const members = notices.flatMap((notice) => [String(dueAtMs), JSON.stringify(notice)]);
      if (members.length > 0) await redis.zadd(key, ...members);
    },
    async claim(nowMs, heldUntilMs, count) {
      const members = (await claimDue.run(redis, [key], [nowMs, heldUntilMs, count])) as string[];
      return members.map((member) => JSON.parse(member) as LogoutNotice);
    },
    async remove(notice) {
      await redis.zrem(key, JSON.stringify(notice));
    },
    async postpone(notice, next, dueAtMs) {
      await replaceMember.run(redis, [key], [JSON.stringify(notice), JSON.stringify(next), dueAtMs]);
    },
  };
}
