/** Stores up to which change of Environment API the ends were applied; all replicas share it. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

export type EndsPosition = ReturnType<typeof createEndsPosition>;

export function createEndsPosition(pool: Queryable) {
  return {
    /** Undefined before the first start. */
    async read(): Promise<number | undefined> {
      const { rows } = await pool.query<{ seq: string }>('SELECT seq FROM auth.followed_ends');
      return rows[0] && Number(rows[0].seq);
    },
    /** `isReset`: Environment API counts from an earlier number again; otherwise the position never goes back. */
    async save(seq: number, isReset = false): Promise<void> {
      await pool.query(
        `INSERT INTO auth.followed_ends AS known (seq) VALUES ($1)
          ON CONFLICT (is_only) DO UPDATE SET seq = excluded.seq WHERE $2 OR excluded.seq > known.seq`,
        [seq, isReset],
      );
    },
  };
}
