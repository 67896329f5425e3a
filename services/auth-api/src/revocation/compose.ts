/** Composes the revocations: one Redis stream that every replica follows and keeps in memory. */

import type { Core } from '../core.ts';
import { createRevocations } from './revocations.ts';
import { createRevocationStream } from './stream.ts';

export type Revocation = ReturnType<typeof composeRevocation>;

export function composeRevocation({ redis, openRedis, keyspace, maxLifeMs, now, log }: Core) {
  // It waits in Redis for the next revocation.
  const blockingRedis = openRedis();
  const stream = createRevocationStream(redis, blockingRedis, keyspace.name('cutoffs'));
  const revocations = createRevocations({ stream, now, log, maxLifeMs });
  return {
    revocations,
    start: () => revocations.start(),
    async close() {
      const followed = revocations.close();
      blockingRedis.disconnect();
      await followed;
    },
  };
}
