/** Stores how far a trail has been shipped to a target, and which events the target refused. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type AuditTrail, type ChainedEvent, readChain } from '../chain/trail.ts';

interface SetAside {
  position: number;
  reason: string;
}

export type ShippingStore = ReturnType<typeof createShippingStore>;

export function createShippingStore(trail: AuditTrail, target: string) {
  const { pool, schema } = trail;

  const shipped = async (db: Queryable): Promise<number> => {
    const { rows } = await db.query<{ position: string }>(
      `SELECT position FROM ${schema}.audit_shipping WHERE target = $1`,
      [target],
    );
    return Number(rows[0]?.position ?? 0);
  };

  const count = async (text: string, values: unknown[]): Promise<number> => {
    const { rows } = await pool.query<{ count: string }>(text, values);
    return Number(rows[0]?.count ?? 0);
  };

  return {
    /** Reads the events after the last shipped one, in the order of the chain. */
    next: async (limit: number) => readChain(trail, pool, { after: await shipped(pool), limit }),

    /** Records that everything up to this position is shipped or set aside. */
    async advance(position: number, setAside: readonly SetAside[]) {
      // One statement, so that no event is skipped without its row.
      await pool.query(
        `WITH aside AS (
           INSERT INTO ${schema}.audit_set_aside (target, position, reason)
           SELECT $1, position, reason FROM unnest($3::bigint[], $4::text[]) AS refused (position, reason)
           ON CONFLICT (target, position) DO UPDATE SET reason = excluded.reason
         )
         INSERT INTO ${schema}.audit_shipping (target, position) VALUES ($1, $2)
         ON CONFLICT (target) DO UPDATE SET position = greatest(audit_shipping.position, excluded.position)`,
        [target, position, setAside.map((event) => event.position), setAside.map((event) => event.reason)],
      );
    },

    /**
     * Counts the events that are not chained or not shipped yet. It subtracts positions, because counting a backlog of
     * millions of rows every second would be slow.
     */
    waiting: () =>
      count(
        `SELECT coalesce((SELECT max(position) FROM ${schema}.audit_chain), 0)
           - coalesce((SELECT position FROM ${schema}.audit_shipping WHERE target = $1), 0)
           + (SELECT count(*) FROM (SELECT 1 FROM ${schema}.audit_unchained LIMIT 10000) AS unchained) AS count`,
        [target],
      ),

    /** Time of the oldest event that is chained and not shipped; undefined when there is none. */
    async oldestWaitingMs() {
      const [event] = await readChain(trail, pool, { after: await shipped(pool), limit: 1 });
      return event?.atMs;
    },

    setAsideCount: () =>
      count(`SELECT count(*) AS count FROM ${schema}.audit_set_aside WHERE target = $1`, [target]),

    /** Reads the events that were set aside after a position, oldest first. */
    async nextSetAside(after: number, limit: number): Promise<ChainedEvent[]> {
      const { rows } = await pool.query<{ position: string }>(
        `SELECT position FROM ${schema}.audit_set_aside WHERE target = $1 AND position > $2 ORDER BY position LIMIT $3`,
        [target, after, limit],
      );
      const pages = await Promise.all(
        rows.map(({ position }) =>
          readChain(trail, pool, { after: Number(position) - 1, until: Number(position), limit: 1 }),
        ),
      );
      return pages.flat();
    },

    /** Deletes the rows of events that the target has taken after all. */
    async deleteSetAside(positions: readonly number[]) {
      await pool.query(`DELETE FROM ${schema}.audit_set_aside WHERE target = $1 AND position = ANY ($2)`, [
        target,
        positions,
      ]);
    },
  };
}
