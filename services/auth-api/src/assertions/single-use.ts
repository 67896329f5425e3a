/** Who came first: an identifier that was used is remembered by all replicas until nothing with it can be valid. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

export interface SingleUse {
  /** True for the first who asks. Rejects when Redis cannot tell: the error handlers make that a 503. */
  take(kind: 'assertion' | 'proof', parts: readonly string[], untilMs: number): Promise<boolean>;
}

export function createSingleUse(redis: RedisClient, keyspace: Keyspace, now: Clock): SingleUse {
  return {
    async take(kind, parts, untilMs) {
      const key = keyspace.key(`used-${kind}`, sha256(JSON.stringify(parts)));
      return (await redis.set(key, '1', 'PX', Math.max(1, untilMs - now()), 'NX')) === 'OK';
    },
  };
}
