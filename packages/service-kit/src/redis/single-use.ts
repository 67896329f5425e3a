/** Accepts an identifier once: all replicas remember it until nothing that carries it can be valid. */
import type { Clock } from '../clock.ts';
import { sha256 } from '../crypto/secrets.ts';
import type { Keyspace, RedisClient } from './client.ts';

type Kind = 'assertion' | 'proof';

export type SingleUse = ReturnType<typeof createSingleUse>;

export function createSingleUse(redis: RedisClient, keyspace: Keyspace, now: Clock) {
  const keyOf = (kind: Kind, parts: readonly string[]) =>
    keyspace.key(`used-${kind}`, sha256(JSON.stringify(parts)));

  return {
    /** True for the first caller. Rejects when Redis does not answer, which the error handlers render as 503. */
    async take(kind: Kind, parts: readonly string[], untilMs: number): Promise<boolean> {
      const lifeMs = Math.max(1, untilMs - now());
      return (await redis.set(keyOf(kind, parts), '1', 'PX', lifeMs, 'NX')) === 'OK';
    },
    /** For what its sender repeats until it has succeeded, and take() notes then. Rejects like take(). */
    async isTaken(kind: Kind, parts: readonly string[]): Promise<boolean> {
      return (await redis.exists(keyOf(kind, parts))) > 0;
    },
  };
}
