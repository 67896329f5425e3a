/** How far a trail has been shipped to a target, and what the target would not take. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type AuditTrail, type ChainedEvent, readChain } from './trail.ts';

export interface SetAside {
  position: number;
  reason: string;
}

export interface ShippingStore {
  /** Events after the last shipped one, in the order of the chain. */
  next(limit: number): Promise<ChainedEvent[]>;
  /** Everything up to this place is shipped or set aside. */
  advance(position: number, setAside: readonly SetAside[]): Promise<void>;
  /** Events that wait for their place or their shipment. */
  waiting(): Promise<number>;
  /** When the oldest event happened that is in the chain and not shipped; undefined when there is none. */
  oldestWaitingMs(): Promise<number | undefined>;
  setAsideCount(): Promise<number>;
  /** What was set aside after a place, oldest first. */
  nextSetAside(after: number, limit: number): Promise<ChainedEvent[]>;
  /** They were taken after all. */
  forgetSetAside(positions: readonly number[]): Promise<void>;
}

export function createShippingStore(trail: AuditTrail, target: string): ShippingStore {
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
    next: async (limit) => readChain(trail, pool, { after: await shipped(pool), limit }),

    async advance(position, setAside) {
      // One statement: an event is never passed over without its row.
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

    // By numbers alone: a backlog of millions of events must not be counted every second.
    waiting: () =>
      count(
        `SELECT coalesce((SELECT max(position) FROM ${schema}.audit_chain), 0)
           - coalesce((SELECT position FROM ${schema}.audit_shipping WHERE target = $1), 0)
           + (SELECT count(*) FROM (SELECT 1 FROM ${schema}.audit_unchained LIMIT 10000) AS unchained) AS count`,
        [target],
      ),

    async oldestWaitingMs() {
      const [event] = await readChain(trail, pool, { after: await shipped(pool), limit: 1 });
      return event?.atMs;
    },

    setAsideCount: () =>
      count(`SELECT count(*) AS count FROM ${schema}.audit_set_aside WHERE target = $1`, [target]),

    async nextSetAside(after, limit) {
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

    async forgetSetAside(positions) {
      await pool.query(`DELETE FROM ${schema}.audit_set_aside WHERE target = $1 AND position = ANY ($2)`, [
        target,
        positions,
      ]);
    },
  };
}
