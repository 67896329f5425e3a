/** Composes the revocations: a list in PostgreSQL, a Redis stream that carries it, and the memory of each replica. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { createRevocations } from './revocations.ts';
import { createRevocationStream } from './stream.ts';
import { createRevocationTable } from './table.ts';

export type RevocationParts = ServicesOf<typeof composeRevocation>;

export function composeRevocation({
  kit,
  pool,
  writer,
  isWritable,
  redis,
  openRedis,
  keyspace,
  maxLifeMs,
  now,
  trust,
  log,
}: Core) {
  // It waits in Redis for the next revocation.
  const blockingRedis = openRedis();
  const stream = createRevocationStream(redis, blockingRedis, keyspace.name('cutoffs'));
  const losses = kit.metrics.counter(
    'gatehouse_redis_losses_total',
    'How often this replica noticed that Redis had lost data: emptied, or failed over to an older copy.',
  );
  const revocations = createRevocations({
    stream,
    table: createRevocationTable({ pool, writer, isWritable, lifeMs: maxLifeMs }),
    now,
    trust,
    log,
    maxLifeMs,
    onLoss: () => losses.inc(),
  });
  return {
    services: { revocations },
    start: [{ name: 'cut-offs', run: () => revocations.start() }],
    ready: [{ name: 'cut-offs', check: async () => revocations.assertFresh() }],
    async close() {
      const followed = revocations.close();
      blockingRedis.disconnect();
      await followed;
    },
  } satisfies Domain;
}
