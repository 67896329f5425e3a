/** Stores the form of a request that came by POST until the browser comes back by GET with its cookies (SameSite=Lax). */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';

type Form = Record<string, string | string[]>;

const ttlSeconds = 120;
const maxIdLength = 64;

export type PostedRequests = ReturnType<typeof createPostedRequests>;

export function createPostedRequests(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (id: string) => keyspace.key('posted-request', sha256(id));
  return {
    /** Gives the id that the redirect carries. */
    async save(form: Form): Promise<string> {
      const id = randomToken();
      await redis.set(keyOf(id), JSON.stringify(form), 'EX', ttlSeconds);
      return id;
    },
    async find(id: string): Promise<Form | undefined> {
      const text = id.length > maxIdLength ? null : await redis.get(keyOf(id));
      return text === null ? undefined : (JSON.parse(text) as Form);
    },
  };
}
