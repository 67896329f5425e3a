/** Keeps the change log of a service: each write adds a numbered row in its own transaction and publishes it afterwards. */
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { createRepeatingWork, type RepeatingWork } from '../background/repeating-work.ts';
import type { Trust } from '../clock.ts';
import { createSemaphore } from '../limits/semaphore.ts';
import type { Logger } from '../observability/logging/logger.ts';
import { createBoundedDeletion } from '../postgres/bounded-deletion.ts';
import { inTransaction, type Pool, type PoolClient } from '../postgres/pool.ts';
import type { RedisClient } from '../redis/client.ts';

export const changeSchema = z.object({
  /** Position in the service's change log, without gaps. */
  seq: z.number().int().positive(),
  entity: z.string(),
  id: z.string(),
  contactCenterId: z.string().optional(),
  /** Tells it from the change with the same number in a database that was restored. Absent: from a writer of the release before. */
  stamp: z.string().optional(),
});

export type Change = z.infer<typeof changeSchema>;
export type ChangeDraft = Omit<Change, 'seq' | 'stamp'>;

export interface ChangeTransaction {
  client: PoolClient;
  record(change: ChangeDraft): void;
}

export interface ChangeLog {
  /** Commits the work with its changes and publishes them afterwards. @throws AppError (503) when writers before it take too long */
  inTransaction<T>(work: (transaction: ChangeTransaction) => Promise<T>): Promise<T>;
  /** Returns changes after `seq`, oldest first. */
  since(seq: number, limit?: number): Promise<Change[]>;
  /** Returns the number of the newest change, 0 when there is none. */
  latest(): Promise<number>;
  /** Deletes changes of more than a week ago, except the newest of all; resolves with their number. */
  removeOld(): Promise<number>;
}

export interface ChangeLogOptions {
  pool: Pool;
  redis: RedisClient;
  /** Schema that holds the table `changes` (seq, entity, entity_id, contact_center_id, at). */
  schema: string;
  channel: string;
  log: Logger;
}

interface ChangeRow {
  seq: string;
  entity: string;
  entity_id: string;
  contact_center_id: string | null;
  stamp: string;
}

/** Keeps each statement short. */
const maxRemovedRows = 5000;
/** A reader that has heard nothing for so long reads everything anew. */
const kept = `interval '7 days'`;
const retentionIntervalMs = 3_600_000;

/** The moment of the write: a restored database writes the same number at another one. */
const columns =
  'seq, entity, entity_id, contact_center_id, (extract(epoch FROM at) * 1000000)::bigint::text AS stamp';

/** Serialises the numbering, so that the order of numbers is the order of commits and a reader never skips one. */
const lock = `SELECT pg_advisory_xact_lock(hashtext('gatehouse.changes'), hashtext($1))`;

export function createChangeLog({ pool, redis, schema, channel, log }: ChangeLogOptions): ChangeLog {
  let semaphore: ReturnType<typeof createSemaphore> | undefined;
  /** Writers that wait for the lock of one row would take all connections, and nothing could be read. */
  const writers = () => {
    const { max, connectionTimeoutMillis: patienceMs } = pool.options;
    semaphore ??= createSemaphore({ concurrency: Math.ceil(max / 2), patienceMs });
    return semaphore;
  };
  const insert = `INSERT INTO ${schema}.changes (seq, entity, entity_id, contact_center_id)
    SELECT (SELECT coalesce(max(seq), 0) FROM ${schema}.changes) + position, entity, id, contact_center_id
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS given (entity, id, contact_center_id, position)
    ORDER BY position
    RETURNING ${columns}`;

  async function number(client: PoolClient, drafts: readonly ChangeDraft[]): Promise<Change[]> {
    if (drafts.length === 0) return [];
    await client.query(lock, [schema]);
    const { rows } = await client.query<ChangeRow>(insert, [
      drafts.map(({ entity }) => entity),
      drafts.map(({ id }) => id),
      drafts.map(({ contactCenterId }) => contactCenterId ?? null),
    ]);
    return rows.map(toChange);
  }

  async function publish(changes: readonly Change[]): Promise<void> {
    try {
      await Promise.all(changes.map((change) => redis.publish(channel, JSON.stringify(change))));
    } catch (error) {
      // The rows are committed: subscribers find them when they ask for what they missed.
      log.warn({ err: error }, 'a change could not be announced');
    }
  }

  // The newest row stays: the next number is counted from it.
  const isFollowed = `seq < (SELECT max(seq) FROM ${schema}.changes)`;
  const old = createBoundedDeletion({
    pool,
    schema,
    name: 'changes',
    lock: `delete:${schema}.changes`,
    due: `clock_timestamp() - ${kept}`,
    async oldest(client) {
      const { rows } = await client.query<{ at: Date }>(
        `SELECT at FROM ${schema}.changes WHERE ${isFollowed} ORDER BY seq LIMIT 1`,
      );
      return rows[0]?.at;
    },
    async remove(client, before) {
      const { rowCount } = await client.query(
        `DELETE FROM ${schema}.changes WHERE seq IN (
          SELECT seq FROM ${schema}.changes WHERE at < $1 AND ${isFollowed} ORDER BY seq LIMIT ${maxRemovedRows})`,
        [before],
      );
      return rowCount ?? 0;
    },
  });

  return {
    async inTransaction(work) {
      const drafts: ChangeDraft[] = [];
      let changes: Change[] = [];
      const result = await writers().run(() =>
        inTransaction(pool, async (client) => {
          const value = await work({ client, record: (change) => drafts.push(change) });
          changes = await number(client, drafts);
          return value;
        }),
      );
      await publish(changes);
      return result;
    },
    async since(seq, limit = 1000) {
      const { rows } = await pool.query<ChangeRow>({
        name: `${schema}.changes_since`,
        text: `SELECT ${columns} FROM ${schema}.changes WHERE seq > $1 ORDER BY seq LIMIT $2`,
        values: [seq, limit],
      });
      return rows.map(toChange);
    },
    removeOld: old.round,
    async latest() {
      const { rows } = await pool.query<{ latest: string }>(
        `SELECT coalesce(max(seq), 0) AS latest FROM ${schema}.changes`,
      );
      return Number(rows[0]?.latest ?? 0);
    },
  };
}

function toChange(row: ChangeRow): Change {
  return {
    seq: Number(row.seq),
    entity: row.entity,
    id: row.entity_id,
    ...definedOnly({ contactCenterId: row.contact_center_id ?? undefined }),
    stamp: row.stamp,
  };
}

/** Creates the retention job that deletes old changes. */
export function createChangeRetention(
  changes: ChangeLog,
  { trust, log }: { trust: Trust; log: Logger },
): RepeatingWork {
  return createRepeatingWork({
    log,
    when: trust,
    intervalMs: retentionIntervalMs,
    round: async () => (await changes.removeOld()) > 0,
    failing: 'old changes could not be removed',
    recovered: 'old changes are removed again',
  });
}
