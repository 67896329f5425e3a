/** Stores which sessions an identity provider's name stands for, and in which contact centres: sorted lists for each name, by the end of the session. */
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';

export interface NamedSession {
  sub: string;
  sid: string;
  contactCenterId: string;
}

export type ProviderSessionStore = ReturnType<typeof createProviderSessionStore>;

export interface SessionTimes {
  nowMs: number;
  endsAtMs: number;
}

const maxMembers = 100;

/** The longest life of a member counts: a contact centre comes with each of its sessions. */
const addMember = defineScript(`
redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(last[2]) - tonumber(ARGV[3])))
return 1
`);

export function createProviderSessionStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (name: string) => keyspace.key('sso-sessions', name);
  const contactCentersKeyOf = (name: string) => keyspace.key('sso-contact-centers', name);
  const add = async (key: string, member: string, { nowMs, endsAtMs }: SessionTimes): Promise<void> => {
    await addMember.run(redis, [key], [endsAtMs, member, nowMs, maxMembers]);
  };
  const list = (key: string, nowMs: number) => redis.zrange(key, nowMs, '+inf', 'BYSCORE');

  return {
    add: (name: string, { sub, sid, contactCenterId }: NamedSession, times: SessionTimes) =>
      add(keyOf(name), `${sub} ${sid} ${contactCenterId}`, times),
    async list(name: string, nowMs: number): Promise<NamedSession[]> {
      const members = await list(keyOf(name), nowMs);
      return members.map((member) => {
        const [sub = '', sid = '', contactCenterId = ''] = member.split(' ');
        return { sub, sid, contactCenterId };
      });
    },
    addContactCenter: (name: string, contactCenterId: string, times: SessionTimes) =>
      add(contactCentersKeyOf(name), contactCenterId, times),
    listContactCenters: (name: string, nowMs: number): Promise<string[]> =>
      list(contactCentersKeyOf(name), nowMs),
  };
}
