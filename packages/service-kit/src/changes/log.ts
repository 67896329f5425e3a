/** The change log of a service: every write leaves a numbered row in its own transaction, then a message. */
import type { Logger } from '../logging/logger.ts';
import { inTransaction, type Pool, type PoolClient } from '../postgres/pool.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Change, ChangeDraft } from './change.ts';

export interface ChangeTransaction {
  client: PoolClient;
  record(change: ChangeDraft): void;
}

export interface ChangeLog {
  /** Commits the work with its changes and publishes them afterwards. */
  inTransaction<T>(work: (transaction: ChangeTransaction) => Promise<T>): Promise<T>;
  /** Changes after `seq`, oldest first. */
  since(seq: number, limit?: number): Promise<Change[]>;
  /** Number of the newest change, 0 when there is none. */
  latest(): Promise<number>;
  /** Forgets changes that are older, but for the newest of all; resolves with their number. */
  forget(beforeMs: number): Promise<number>;
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
}

/** So that no statement takes long. */
const forgottenAtOnce = 5000;

/** Serialises the numbering: who commits first has the smaller number, so a reader never skips one. */
const lock = `SELECT pg_advisory_xact_lock(hashtext('gatehouse.changes'), hashtext($1))`;

export function createChangeLog({ pool, redis, schema, channel, log }: ChangeLogOptions): ChangeLog {
  const insert = `INSERT INTO ${schema}.changes (seq, entity, entity_id, contact_center_id)
    SELECT coalesce(max(seq), 0) + 1, $1, $2, $3 FROM ${schema}.changes
    RETURNING seq, entity, entity_id, contact_center_id`;

  async function number(client: PoolClient, drafts: readonly ChangeDraft[]): Promise<Change[]> {
    if (drafts.length === 0) return [];
    await client.query(lock, [schema]);
    const changes: Change[] = [];
    for (const draft of drafts) {
      const { rows } = await client.query<ChangeRow>(insert, [
        draft.entity,
        draft.id,
        draft.contactCenterId ?? null,
      ]);
      changes.push(...rows.map(toChange));
    }
    return changes;
  }

  async function publish(changes: readonly Change[]): Promise<void> {
    try {
      await Promise.all(changes.map((change) => redis.publish(channel, JSON.stringify(change))));
    } catch (error) {
      // The rows are committed: subscribers find them when they ask for what they missed.
      log.warn({ err: error }, 'a change could not be announced');
    }
  }

  return {
    async inTransaction(work) {
      const drafts: ChangeDraft[] = [];
      let changes: Change[] = [];
      const result = await inTransaction(pool, async (client) => {
        const value = await work({ client, record: (change) => drafts.push(change) });
        changes = await number(client, drafts);
        return value;
      });
      await publish(changes);
      return result;
    },
    async since(seq, limit = 1000) {
      const { rows } = await pool.query<ChangeRow>({
        name: `${schema}.changes_since`,
        text: `SELECT seq, entity, entity_id, contact_center_id FROM ${schema}.changes WHERE seq > $1 ORDER BY seq LIMIT $2`,
        values: [seq, limit],
      });
      return rows.map(toChange);
    },
    async forget(beforeMs) {
      // The newest one stays: the next number is counted from it.
      const { rowCount } = await pool.query(
        `DELETE FROM ${schema}.changes WHERE seq IN (
          SELECT seq FROM ${schema}.changes WHERE at < $1 AND seq < (SELECT max(seq) FROM ${schema}.changes)
          ORDER BY seq LIMIT ${forgottenAtOnce})`,
        [new Date(beforeMs)],
      );
      return rowCount ?? 0;
    },
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
    ...(row.contact_center_id === null ? {} : { contactCenterId: row.contact_center_id }),
  };
}
