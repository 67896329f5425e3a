/** Remembers password changes made through us, whose cut-off is raised already when the server announces them. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface PasswordChangeMarks {
  /** `passwordUpdatingDate` as the Configuration Server gave it, in Unix seconds. */
  set(sub: string, passwordUpdatingDate: number): Promise<void>;
  isOurs(sub: string, passwordUpdatingDate: number): Promise<boolean>;
}

/** Longer than any replica takes to hear of the change, with an outage in between. */
const lifeMs = 3_600_000;

export function createPasswordChangeMarks(redis: RedisClient, keyspace: Keyspace): PasswordChangeMarks {
  const keyOf = (sub: string) => keyspace.key('password-change', sub);
  return {
    async set(sub, passwordUpdatingDate) {
      await redis.set(keyOf(sub), String(passwordUpdatingDate), 'PX', lifeMs);
    },
    async isOurs(sub, passwordUpdatingDate) {
      return (await redis.get(keyOf(sub))) === String(passwordUpdatingDate);
    },
  };
}
