/** Reads what Redis holds: its memory, and keys of one form. */
import type { Redis } from 'ioredis';

/** In bytes. */
export async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

export async function keysLike(redis: Redis, match: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const some of redis.scanStream({ match, count: 1_000 })) keys.push(...some);
  return keys;
}
