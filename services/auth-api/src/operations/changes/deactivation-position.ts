/** Stores up to which change of Environment API revocations were made, and when a replica had missed none. All replicas share it. */
import type { Queryable } from '@gatehouse/service-kit/postgres';

/** A change that was applied, and all before it. */
export interface Position {
  seq: number;
  /** Of that change; undefined: it is not known. */
  stamp?: string | undefined;
}

export type DeactivationPosition = ReturnType<typeof createDeactivationPosition>;

/** @param isWritable false in a read-only region: the position that it reads is that of the writable one */
export function createDeactivationPosition(pool: Queryable, isWritable = true) {
  return {
    /** Undefined before the first start. */
    async read(): Promise<Position | undefined> {
      const { rows } = await pool.query<{ seq: string; mark: string | null }>(
        'SELECT seq, mark FROM auth.followed_ends',
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      // A replica of the release before moves the position without its mark.
      const [seq, stamp] = row.mark?.split(' ') ?? [];
      return { seq: Number(row.seq), stamp: seq === row.seq ? stamp : undefined };
    },
    /** `isReset`: Environment API counts from an earlier number again; otherwise the position never goes back. */
    async save({ seq, stamp }: Position, isReset = false): Promise<void> {
      if (!isWritable) return;
      await pool.query(
        `INSERT INTO auth.followed_ends AS known (seq, mark) VALUES ($1, $2)
          ON CONFLICT (is_only) DO UPDATE SET seq = excluded.seq, mark = excluded.mark
          WHERE $3 OR excluded.seq > known.seq`,
        [seq, stamp === undefined ? null : `${seq} ${stamp}`, isReset],
      );
    },
    /**
     * The moment by PostgreSQL's clock, which all replicas share. On a standby it never comes: replicas that confirm there belong
     * to another region, whose stream does not come here.
     */
    async moment(): Promise<string> {
      const { rows } = await pool.query<{ moment: string }>(
        `SELECT CASE WHEN pg_is_in_recovery() THEN 'infinity' ELSE clock_timestamp() END::text AS moment`,
      );
      return rows[0]?.moment ?? 'infinity';
    },
    /** This replica has missed no change. */
    async confirm(): Promise<void> {
      if (!isWritable) return;
      await pool.query('UPDATE auth.followed_ends SET confirmed_at = clock_timestamp()');
    },
    /** Whether a replica has confirmed since that moment. */
    async isConfirmedSince(moment: string): Promise<boolean> {
      const { rows } = await pool.query(
        'SELECT FROM auth.followed_ends WHERE confirmed_at > $1::timestamptz',
        [moment],
      );
      return rows.length > 0;
    },
  };
}
