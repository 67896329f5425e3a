/** Who came first: an identifier that was used is remembered by all replicas until nothing with it can be valid. */
import type { Clock } from '../clock.ts';
import { sha256 } from '../crypto/digest.ts';
import type { RedisClient } from './client.ts';
import type { Keyspace } from './keys.ts';

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
