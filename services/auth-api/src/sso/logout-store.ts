/** Where a browser goes on to when it comes back from signing out at an identity provider. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface LogoutStore {
  /** The id that travels. */
  save(target: string): Promise<string>;
  take(id: string): Promise<string | undefined>;
}

const keptSeconds = 600;

export function createLogoutStore(redis: RedisClient, keyspace: Keyspace): LogoutStore {
  const keyOf = (id: string) => keyspace.key('sso-logout', sha256(id));
  return {
    async save(target) {
      const id = randomToken();
      await redis.set(keyOf(id), target, 'EX', keptSeconds);
      return id;
    },
    take: async (id) => (await redis.getdel(keyOf(id))) ?? undefined,
  };
}
