/** Deletes what was kept for long enough. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import { createBoundedDeletion } from '@gatehouse/service-kit/postgres';
import type { Core } from '../core/open-core.ts';
import { schema } from '../migrate.ts';

const hourMs = 3_600_000;
/** Each may have many rows. */
const maxRemoved = 20;

export function createDeletedRetention({ pool, trust, log }: Core, keptDays: number) {
  const old = createBoundedDeletion({
    pool,
    schema,
    name: 'deleted',
    lock: `delete:${schema}.deleted`,
    due: `clock_timestamp() - interval '${keptDays} days'`,
    async oldest(client) {
      const { rows } = await client.query<{ at: Date | null }>(
        'SELECT min(deleted_at) AS at FROM environment.deleted',
      );
      return rows[0]?.at ?? undefined;
    },
    async remove(client, before) {
      const { rowCount } = await client.query(
        `DELETE FROM environment.deleted WHERE id IN (
          SELECT id FROM environment.deleted WHERE deleted_at < $1 ORDER BY deleted_at LIMIT ${maxRemoved})`,
        [before],
      );
      return rowCount ?? 0;
    },
  });
  const work = createRepeatingWork({
    log,
    when: trust,
    intervalMs: hourMs,
    round: async () => (await old.round()) === maxRemoved,
    failing: 'what was deleted long ago could not be removed',
    recovered: 'what was deleted long ago is removed again',
  });
  return { removeOld: old.round, start: work.start, stop: work.stop };
}
