/** Runs Lua scripts by their digest, and sends the source when the server does not know it yet. */
import { createHash } from 'node:crypto';
import type { RedisClient } from './client.ts';

export function defineScript(source: string) {
  const digest = createHash('sha1').update(source).digest('hex');
  return {
    /** Runs the script atomically. All keys must be in one slot. */
    async run(
      redis: RedisClient,
      keys: readonly string[],
      args: readonly (string | number)[],
    ): Promise<unknown> {
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        // NOSCRIPT comes before the first command of the script, so nothing has run.
        return redis.eval(source, keys.length, ...keys, ...args);
      }
    },
  };
}
