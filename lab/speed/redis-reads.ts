/** Counts how often Redis reads from its connections: what is sent together is read once, so a read is a round trip. */
import type { Redis } from 'ioredis';

export async function readsDuring(
  redis: Redis,
  work: () => Promise<void>,
): Promise<{ reads: number; ms: number }> {
  const count = async () => Number(/total_reads_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
  const [before, startMs] = [await count(), performance.now()];
  await work();
  // The two questions themselves are one read more than the first saw.
  return { reads: (await count()) - before - 1, ms: performance.now() - startMs };
}
