/** Lua scripts: sent by digest, loaded when the server does not know them yet. */
import { createHash } from 'node:crypto';
import type { RedisClient } from './client.ts';

export interface RedisScript {
  /** Runs the script atomically. All keys must be in one slot. */
  run(redis: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

export function defineScript(source: string): RedisScript {
  const digest = createHash('sha1').update(source).digest('hex');
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        // Nothing ran: NOSCRIPT is decided before the first command of the script.
        return redis.eval(source, keys.length, ...keys, ...args);
      }
    },
  };
}
