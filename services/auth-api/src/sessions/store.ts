/** Sessions in Redis. The key is the SHA-256 of the cookie, so that reading Redis gives nobody a session. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { defineScript } from '@gatehouse/service-kit/redis/script';
import type { UserIdentity } from '../users/identity.ts';
import type { ProviderSession } from './session.ts';

export interface StoredSession {
  sid: string;
  sub: string;
  identity: UserIdentity;
  authTimeMs: number;
  amr: string[];
  createdAtMs: number;
  /** Absolute end. */
  endsAtMs: number;
  isRemembered: boolean;
  userAgent?: string;
  clientAddress?: string;
  providerAuthTimeMs?: number;
  isSeenAtUnknown?: boolean;
  interactionId?: string;
  provider?: ProviderSession;
  lastSeenAtMs: number;
  clientIds: string[];
}

/** One session in the list of its user. */
export interface SessionEntry {
  sid: string;
  cookieHash: string;
}

export interface SessionStore {
  /** `expiresAtMs`: when nobody has used it until then, it is gone. */
  save(cookie: string, session: StoredSession, expiresAtMs: number): Promise<void>;
  find(cookieHash: string): Promise<StoredSession | undefined>;
  /** Notes use, and a client if one is named; a session that is gone stays gone. */
  touch(cookieHash: string, seenAtMs: number, expiresAtMs: number, clientId?: string): Promise<void>;
  remove(cookieHash: string, session: Pick<StoredSession, 'sub' | 'sid'>): Promise<void>;
  /** What a user may still have, newest end first; at most `sessionsPerUser`. */
  entries(sub: string, nowMs: number): Promise<SessionEntry[]>;
  forget(sub: string): Promise<void>;
}

/** The oldest beyond these drop out of the list; they live on until they expire. */
export const sessionsPerUser = 100;

const clientField = 'client:';

const saveSession = defineScript(`
redis.call('HSET', KEYS[1], 'data', ARGV[1], 'seen', ARGV[2])
for index = 4, #ARGV do redis.call('HSET', KEYS[1], '${clientField}' .. ARGV[index], '1') end
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1
`);

const touchSession = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'seen', ARGV[1])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], '${clientField}' .. ARGV[3], '1') end
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
return 1
`);

const listSession = defineScript(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
redis.call('PEXPIREAT', KEYS[1], ARGV[1])
return 1
`);

export function createSessionStore(redis: RedisClient, keyspace: Keyspace): SessionStore {
  const keyOf = (cookieHash: string) => keyspace.key('session', cookieHash);
  const listOf = (sub: string) => keyspace.key('user-sessions', sub);

  return {
    async save(cookie, session, expiresAtMs) {
      const cookieHash = sha256(cookie);
      const { lastSeenAtMs, clientIds, ...data } = session;
      const { endsAtMs, createdAtMs, sub, sid } = session;
      await Promise.all([
        saveSession.run(
          redis,
          [keyOf(cookieHash)],
          [JSON.stringify(data), lastSeenAtMs, expiresAtMs, ...clientIds],
        ),
        listSession.run(
          redis,
          [listOf(sub)],
          [endsAtMs, memberOf({ sid, cookieHash }), createdAtMs, sessionsPerUser],
        ),
      ]);
    },
    async find(cookieHash) {
      const { data, seen, ...rest } = await redis.hgetall(keyOf(cookieHash));
      if (data === undefined || seen === undefined) return undefined;
      const clientIds = Object.keys(rest)
        .filter((field) => field.startsWith(clientField))
        .map((field) => field.slice(clientField.length));
      // Sessions of the version before say nothing of being remembered.
      const stored = JSON.parse(data) as Omit<StoredSession, 'isRemembered'> & { isRemembered?: boolean };
      return { isRemembered: false, ...stored, lastSeenAtMs: Number(seen), clientIds };
    },
    async touch(cookieHash, seenAtMs, expiresAtMs, clientId = '') {
      await touchSession.run(redis, [keyOf(cookieHash)], [seenAtMs, expiresAtMs, clientId]);
    },
    async remove(cookieHash, { sub, sid }) {
      await Promise.all([
        redis.del(keyOf(cookieHash)),
        redis.zrem(listOf(sub), memberOf({ sid, cookieHash })),
      ]);
    },
    async entries(sub, nowMs) {
      const members = await redis.zrange(listOf(sub), '+inf', String(nowMs), 'BYSCORE', 'REV');
      return members.map(entryOf);
    },
    async forget(sub) {
      await redis.del(listOf(sub));
    },
  };
}

function memberOf({ sid, cookieHash }: SessionEntry): string {
  return `${sid} ${cookieHash}`;
}

function entryOf(member: string): SessionEntry {
  const [sid = '', cookieHash = ''] = member.split(' ');
  return { sid, cookieHash };
}
