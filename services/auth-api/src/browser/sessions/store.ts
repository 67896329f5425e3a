/** Stores sessions in Redis under the SHA-256 of the cookie, so that a reader of Redis gets no usable cookie. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import { type Everywhere, type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import type { Session } from './session.ts';

/** A session with what the account page shows of its browser. */
export interface StoredSession extends Session {
  userAgent?: string;
  clientAddress?: string;
}

/** A person in one contact centre, or whoever has a `sub`. */
export type SessionOwner = PersonKey | Everywhere;

/** One session in the list of its user. */
export interface SessionEntry {
  sid: string;
  cookieHash: string;
}

/** Older sessions leave the list of their user; they live on until they expire. */
export const sessionsPerUser = 100;

const clientField = 'client:';

const saveSession = defineScript(`
redis.call('HSET', KEYS[1], 'data', ARGV[1], 'seen', ARGV[2])
for index = 4, #ARGV do redis.call('HSET', KEYS[1], '${clientField}' .. ARGV[index], '1') end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const touchSession = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'seen', ARGV[1])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], '${clientField}' .. ARGV[3], '1') end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

const listSession = defineScript(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[1]) - tonumber(ARGV[3])))
return 1
`);

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (cookieHash: string) => keyspace.key('session', cookieHash);
  /** Of a `sub` in all contact centres; the release before knows no other list, and has to find ours as well. */
  const commonListOf = (sub: string) => keyspace.key('user-sessions', sub);
  const listsOf = (owner: SessionOwner) =>
    'everywhere' in owner
      ? [commonListOf(owner.everywhere)]
      : [keyspace.key('user-sessions', personAt(owner)), commonListOf(owner.sub)];

  return {
    /** A session that nobody uses until `expiresAtMs` is gone then. Lives in Redis are relative: its clock decides nothing. */
    async save(cookie: string, session: StoredSession, expiresAtMs: number): Promise<void> {
      const cookieHash = sha256(cookie);
      const { lastSeenAtMs, clientIds, ...data } = session;
      const { endsAtMs, createdAtMs, identity, sid } = session;
      await Promise.all([
        saveSession.run(
          redis,
          [keyOf(cookieHash)],
          [JSON.stringify(data), lastSeenAtMs, expiresAtMs - lastSeenAtMs, ...clientIds],
        ),
        ...listsOf(identity).map((list) =>
          listSession.run(
            redis,
            [list],
            [endsAtMs, memberOf({ sid, cookieHash }), createdAtMs, sessionsPerUser],
          ),
        ),
      ]);
    },
    async find(cookieHash: string): Promise<StoredSession | undefined> {
      const { data, seen, ...rest } = await redis.hgetall(keyOf(cookieHash));
      if (data === undefined || seen === undefined) return undefined;
      const clientIds = Object.keys(rest)
        .filter((field) => field.startsWith(clientField))
        .map((field) => field.slice(clientField.length));
      // Sessions of an older version have no `isRemembered`.
      const stored = JSON.parse(data) as Omit<StoredSession, 'isRemembered'> & { isRemembered?: boolean };
      return { isRemembered: false, ...stored, lastSeenAtMs: Number(seen), clientIds };
    },
    /** Notes use, and a client if one is named; does not bring back a session that is gone. */
    async touch(cookieHash: string, seenAtMs: number, expiresAtMs: number, clientId = ''): Promise<void> {
      await touchSession.run(redis, [keyOf(cookieHash)], [seenAtMs, expiresAtMs - seenAtMs, clientId]);
    },
    async remove(cookieHash: string, { identity, sid }: Pick<StoredSession, 'identity' | 'sid'>) {
      await Promise.all([
        redis.del(keyOf(cookieHash)),
        ...listsOf(identity).map((list) => redis.zrem(list, memberOf({ sid, cookieHash }))),
      ]);
    },
    /**
     * The listed sessions, the latest end of each list first. The common list may name sessions of the same `sub` in another contact
     * centre: the session itself tells whose it is.
     */
    async entries(owner: SessionOwner, nowMs: number): Promise<SessionEntry[]> {
      const lists = await Promise.all(
        listsOf(owner).map((list) => redis.zrange(list, '+inf', String(nowMs), 'BYSCORE', 'REV')),
      );
      return [...new Set(lists.flat())].map(entryOf);
    },
    /** Takes sessions off the lists. */
    async forget(owner: SessionOwner, entries: readonly SessionEntry[]): Promise<void> {
      if (entries.length === 0) return;
      await Promise.all(listsOf(owner).map((list) => redis.zrem(list, ...entries.map(memberOf))));
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
