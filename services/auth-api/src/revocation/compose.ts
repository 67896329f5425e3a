/** Composes the revocations: one Redis stream that every replica follows and keeps in memory. */

import type { Core } from '../core.ts';
import { createCutOffStream } from './cut-off-stream.ts';
import { createCutOffs } from './cut-offs.ts';

export type Revocation = ReturnType<typeof composeRevocation>;

export function composeRevocation({ redis, openRedis, keyspace, maxLifeMs, now, log }: Core) {
  // It waits in Redis for the next revocation.
  const blockingRedis = openRedis();
  const stream = createCutOffStream(redis, blockingRedis, keyspace.name('cutoffs'));
  const cutOffs = createCutOffs({ stream, now, log, longestLifeMs: maxLifeMs });
  return {
    cutOffs,
    start: () => cutOffs.start(),
    async close() {
      const followed = cutOffs.close();
      blockingRedis.disconnect();
      await followed;
    },
  };
}
