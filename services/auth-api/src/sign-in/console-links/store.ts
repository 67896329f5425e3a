/** Keeps links of the operator in Redis until they are redeemed or too old. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';

export interface StoredConsoleLink {
  /** Name of the operator account. */
  account: string;
  /** Of the operator account when the link was made: see `tokens/operator-tokens.ts`. */
  mark: string;
  /** Correlation id of the request that made the link. */
  correlationId: string;
  createdAtMs: number;
  expiresAtMs: number;
}

/** Every method rejects while Redis is away; the error handlers answer 503. */
export function createConsoleLinkStore(redis: RedisClient, keyspace: Keyspace) {
  // The code itself is never stored.
  const keyOf = (code: string) => keyspace.key('console-link', sha256(code));
  return {
    async save(code: string, link: StoredConsoleLink): Promise<void> {
      await redis.set(keyOf(code), JSON.stringify(link), 'PX', link.expiresAtMs - link.createdAtMs);
    },
    /** Of many who take the same link, on all replicas together, one gets it. */
    async take(code: string): Promise<StoredConsoleLink | undefined> {
      const text = await redis.getdel(keyOf(code));
      return text === null ? undefined : (JSON.parse(text) as StoredConsoleLink);
    },
  };
}
