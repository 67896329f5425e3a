/** Remembers in Redis which changes of persons have been applied already, so that none is applied twice. */
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { subjectOf } from '../../registry/contact-centers/subjects.ts';

/** A person as the directory of an environment knows them, whatever contact centres they use. */
export interface DirectoryPerson {
  environmentId: string;
  dbid: number;
}

/** Longer than a replica takes to hear of the change, with an outage in between. */
const passwordChangeTtlMs = 3_600_000;

/** Members of one Redis command, so that no other command waits long behind it. */
const maxMembers = 1000;

export type PersonChangeRecords = ReturnType<typeof createPersonChangeRecords>;

export function createPersonChangeRecords(redis: RedisClient, keyspace: Keyspace) {
  // A password is a fact of the environment. It has always been recorded under the subject that is the environment's.
  const passwordChangeKey = (environmentId: string, dbid: number) =>
    keyspace.key(
      'password-change',
      subjectOf({ environmentId, subjectScope: 'environment', contactCenterId: '' }, dbid),
    );
  const disabledKey = (environmentId: string) => keyspace.key('disabled-persons', environmentId);

  return {
    /** `passwordUpdatingDate` is the Configuration Server's answer to our change, in Unix seconds. */
    async recordOwnPasswordChange(
      { environmentId, dbid }: DirectoryPerson,
      passwordUpdatingDate: number,
    ): Promise<void> {
      const key = passwordChangeKey(environmentId, dbid);
      await redis.set(key, String(passwordUpdatingDate), 'PX', passwordChangeTtlMs);
    },
    /** Tells whether we made this password change; its revocation is raised already. */
    async isOwnPasswordChange(
      { environmentId, dbid }: DirectoryPerson,
      passwordUpdatingDate: number,
    ): Promise<boolean> {
      return (await redis.get(passwordChangeKey(environmentId, dbid))) === String(passwordUpdatingDate);
    },
    /** Those of the disabled persons whose rights were not revoked yet. */
    async newlyDisabled(environmentId: string, dbids: readonly number[]): Promise<number[]> {
      const found: number[] = [];
      for (const chunk of chunksOf(dbids)) {
        const known = await redis.smismember(disabledKey(environmentId), ...chunk);
        found.push(...chunk.filter((_dbid, index) => known[index] !== 1));
      }
      return found;
    },
    /** Replaces the recorded disabled persons of an environment. */
    async replaceDisabled(environmentId: string, dbids: readonly number[]): Promise<void> {
      const key = disabledKey(environmentId);
      const recorded = new Set((await redis.smembers(key)).map(Number));
      const wanted = new Set(dbids);
      const added = dbids.filter((dbid) => !recorded.has(dbid));
      const removed = [...recorded].filter((dbid) => !wanted.has(dbid));
      for (const chunk of chunksOf(removed)) await redis.srem(key, ...chunk);
      for (const chunk of chunksOf(added)) await redis.sadd(key, ...chunk);
    },
    /** A person who is enabled again may be disabled again. */
    async forgetDisabled(environmentId: string, dbid: number): Promise<void> {
      await redis.srem(disabledKey(environmentId), dbid);
    },
  };
}

function chunksOf(dbids: readonly number[]): number[][] {
  const count = Math.ceil(dbids.length / maxMembers);
  return Array.from({ length: count }, (_chunk, index) =>
    dbids.slice(index * maxMembers, (index + 1) * maxMembers),
  );
}
