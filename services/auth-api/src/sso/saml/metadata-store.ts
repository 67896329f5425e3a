/** Last known good metadata of identity providers in Redis, by its address. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface MetadataStore {
  save(url: string, xml: string): Promise<void>;
  find(url: string): Promise<string | undefined>;
}

const keptSeconds = 30 * 24 * 3600;

export function createMetadataStore(redis: RedisClient, keyspace: Keyspace): MetadataStore {
  const keyOf = (url: string) => keyspace.key('sso-metadata', sha256(url));
  return {
    async save(url, xml) {
      await redis.set(keyOf(url), xml, 'EX', keptSeconds);
    },
    find: async (url) => (await redis.get(keyOf(url))) ?? undefined,
  };
}
