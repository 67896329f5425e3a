/** Stores which sessions an identity provider's name stands for: a sorted list for each name, by the end of the session. */
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';
import { defineScript } from '@gatehouse/service-kit/redis/script';

export interface NamedSession {
  sub: string;
  sid: string;
  contactCenterId: string;
}

export type ProviderSessionStore = ReturnType<typeof createProviderSessionStore>;

const maxSessions = 100;

const addSession = defineScript(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(last[2]) - tonumber(ARGV[3])))
return 1
`);

export function createProviderSessionStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (name: string) => keyspace.key('sso-sessions', name);
  return {
    async add(
      name: string,
      { sub, sid, contactCenterId }: NamedSession,
      { nowMs, endsAtMs }: { nowMs: number; endsAtMs: number },
    ): Promise<void> {
      await addSession.run(
        redis,
        [keyOf(name)],
        [endsAtMs, `${sub} ${sid} ${contactCenterId}`, nowMs, maxSessions],
      );
    },
    async list(name: string, nowMs: number): Promise<NamedSession[]> {
      const members = await redis.zrange(keyOf(name), nowMs, '+inf', 'BYSCORE');
      return members.map((member) => {
        const [sub = '', sid = '', contactCenterId = ''] = member.split(' ');
        return { sub, sid, contactCenterId };
      });
    },
  };
}
