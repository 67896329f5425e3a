/** Authorization requests that came by POST: kept until the browser comes back by our own GET, with its cookies. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface PostedRequests {
  /** An id for one short journey. */
  save(form: Record<string, string | string[]>): Promise<string>;
  find(id: string): Promise<Record<string, string | string[]> | undefined>;
}

const ttlSeconds = 120;

export function createPostedRequests(redis: RedisClient, keyspace: Keyspace): PostedRequests {
  const keyOf = (id: string) => keyspace.key('posted-request', sha256(id));
  return {
    async save(form) {
      const id = randomToken();
      await redis.set(keyOf(id), JSON.stringify(form), 'EX', ttlSeconds);
      return id;
    },
    async find(id) {
      const text = id.length > 64 ? null : await redis.get(keyOf(id));
      return text === null ? undefined : (JSON.parse(text) as Record<string, string | string[]>);
    },
  };
}
