/** Accepts an identifier once: all replicas remember it until nothing that carries it can be valid. */
import type { Clock } from '../clock.ts';
import { sha256 } from '../crypto/secrets.ts';
import type { Keyspace, RedisClient } from './client.ts';

export type SingleUse = ReturnType<typeof createSingleUse>;

export function createSingleUse(redis: RedisClient, keyspace: Keyspace, now: Clock) {
  return {
    /** True for the first caller. Rejects when Redis does not answer, which the error handlers render as 503. */
    async take(kind: 'assertion' | 'proof', parts: readonly string[], untilMs: number): Promise<boolean> {
      const key = keyspace.key(`used-${kind}`, sha256(JSON.stringify(parts)));
      return (await redis.set(key, '1', 'PX', Math.max(1, untilMs - now()), 'NX')) === 'OK';
    },
  };
}
