/** Deletes rows past their time, by PostgreSQL's clock and never beyond the bound that is stored. */
import { withAdvisoryLock } from './advisory-lock.ts';
import { type BoundState, nextBound } from './deletion-bound.ts';
import { inTransactionOf, type Pool, type PoolClient, type Queryable } from './pool.ts';

export interface BoundedDeletionOptions {
  pool: Pool;
  schema: string;
  /** Of the bound: stored, and shown to operators. */
  name: string;
  /** Held while rows are deleted. */
  lock: string;
  /** SQL: what is older is past its time. */
  due: string;
  /** The oldest of the rows that may go. */
  oldest(client: PoolClient, due: Date): Promise<Date | undefined>;
  /** Deletes one batch, oldest first. Resolves the number of rows. */
  remove(client: PoolClient, before: Date): Promise<number>;
  monotonicMs?: () => number;
}

/** A step that is larger than a clock may cause. */
export interface WaitingDeletion {
  name: string;
  from: Date;
  to: Date;
}

interface Row {
  bound_at: Date | null;
  measured_ms: string;
  moves: [number, number][];
  confirmed_to: Date | null;
  due: Date;
}

export function createBoundedDeletion(options: BoundedDeletionOptions) {
  const { pool, schema, name, lock, due, oldest, remove, monotonicMs = () => performance.now() } = options;
  const table = `${schema}.deletion_bounds`;
  let seen: { measuredMs: number; atMs: number } | undefined;

  /** A process that looked before adds the time since. The sum is never ahead of real time, whichever replica adds. */
  function measured(storedMs: number): number {
    const atMs = monotonicMs();
    const measuredMs = Math.max(storedMs, seen === undefined ? 0 : seen.measuredMs + (atMs - seen.atMs));
    seen = { measuredMs, atMs };
    return Math.round(measuredMs);
  }

  async function moveBound(client: PoolClient): Promise<Date> {
    await client.query(`INSERT INTO ${table} (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, [name]);
    const { rows } = await client.query<Row>(
      `SELECT bound_at, measured_ms, moves, confirmed_to, ${due} AS due FROM ${table} WHERE name = $1 FOR UPDATE`,
      [name],
    );
    const [row] = rows as [Row];
    const state: BoundState = {
      boundMs: row.bound_at?.getTime(),
      measuredMs: measured(Number(row.measured_ms)),
      moves: row.moves,
      confirmedMs: row.confirmed_to?.getTime(),
    };
    const dueMs = row.due.getTime();
    const oldestMs = (await oldest(client, row.due))?.getTime();
    const { boundMs = dueMs, measuredMs, moves, waiting } = nextBound(state, { oldestMs, dueMs });
    await client.query(
      `UPDATE ${table} SET bound_at = $2, measured_ms = $3, moves = $4, waiting_from = $5, waiting_to = $6,
        confirmed_to = NULL WHERE name = $1`,
      [
        ...[name, new Date(boundMs), measuredMs, JSON.stringify(moves)],
        ...[waiting && new Date(waiting.fromMs), waiting && new Date(waiting.toMs)],
      ],
    );
    return new Date(Math.min(boundMs, dueMs));
  }

  return {
    /** Deletes one batch. Resolves the number of rows, 0 while another process holds the lock. */
    async round(): Promise<number> {
      const removed = await withAdvisoryLock(pool, lock, (client) =>
        inTransactionOf(client, async () => remove(client, await moveBound(client))),
      );
      return removed ?? 0;
    },
  };
}

export type DeletionBounds = ReturnType<typeof createDeletionBounds>;

/** The deletions of a schema that an operator must confirm. */
export function createDeletionBounds(pool: Queryable, schema: string) {
  const shown = 'name, waiting_from AS "from", waiting_to AS "to"';
  const isWaiting = 'waiting_to IS NOT NULL AND confirmed_to IS DISTINCT FROM waiting_to';
  return {
    async waiting(): Promise<WaitingDeletion[]> {
      const { rows } = await pool.query<WaitingDeletion>(
        `SELECT ${shown} FROM ${schema}.deletion_bounds WHERE ${isWaiting} ORDER BY name`,
      );
      return rows;
    },
    /** Lets them happen up to the moment that they wait for now. */
    async confirm(db: Queryable = pool): Promise<WaitingDeletion[]> {
      const { rows } = await db.query<WaitingDeletion>(
        `UPDATE ${schema}.deletion_bounds SET confirmed_to = waiting_to WHERE ${isWaiting} RETURNING ${shown}`,
      );
      return rows;
    },
  };
}
