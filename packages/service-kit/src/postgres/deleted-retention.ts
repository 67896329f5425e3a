/** Deletes what is kept of deleted objects, in a table `deleted…` with the column `deleted_at`, after some days. */
import { createRepeatingWork } from '../background/repeating-work.ts';
import type { Trust } from '../clock.ts';
import type { Logger } from '../observability/logging/logger.ts';
import { createBoundedDeletion } from './bounded-deletion.ts';
import type { Pool } from './pool.ts';

export interface DeletedRetentionOptions {
  pool: Pool;
  schema: string;
  table: string;
  keptDays: number;
  trust: Trust;
  log: Logger;
}

const hourMs = 3_600_000;
/** Each may have many rows in other tables. */
const maxRemoved = 20;

export function createDeletedRetention({
  pool,
  schema,
  table,
  keptDays,
  trust,
  log,
}: DeletedRetentionOptions) {
  const place = `${schema}.${table}`;
  const old = createBoundedDeletion({
    pool,
    schema,
    name: table,
    lock: `delete:${place}`,
    due: `clock_timestamp() - interval '${keptDays} days'`,
    async oldest(client) {
      const { rows } = await client.query<{ at: Date | null }>(`SELECT min(deleted_at) AS at FROM ${place}`);
      return rows[0]?.at ?? undefined;
    },
    async remove(client, before) {
      const { rowCount } = await client.query(
        `DELETE FROM ${place} WHERE id IN (
          SELECT id FROM ${place} WHERE deleted_at < $1 ORDER BY deleted_at LIMIT ${maxRemoved})`,
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
