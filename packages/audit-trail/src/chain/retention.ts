/** Deletes audit events after their retention time; the seals of their days stay, so that the chain continues from them. */
import { withAdvisoryLock } from '@gatehouse/service-kit/postgres/advisory-lock';
import { inTransactionOf } from '@gatehouse/service-kit/postgres/pool';
import type { AuditTrail } from './trail.ts';

const batchSize = 5000;

interface Expiry {
  /** YYYY-MM-DD: events of earlier days are deleted. */
  before: string;
  /** Events that one of these targets does not have yet, or refused, are kept; empty where nothing is shipped. */
  shippedTo: readonly string[];
}

/** Deletes one batch, oldest first. Resolves the number of events, 0 while another process holds the lock. */
export async function deleteExpired(trail: AuditTrail, { before, shippedTo }: Expiry): Promise<number> {
  const { pool, schema, table, seqColumn } = trail;
  const deleted = await withAdvisoryLock(pool, `audit-expire:${schema}`, (client) =>
    inTransactionOf(client, async () => {
      // A trigger on append-only tables allows deletion only with this setting.
      await client.query(`SELECT set_config('gatehouse.audit_retention', 'on', true)`);
      const { rowCount } = await client.query(
        `DELETE FROM ${table} WHERE ${seqColumn} IN (
           SELECT event_seq FROM ${schema}.audit_chain chain
           WHERE day < $1
             AND NOT EXISTS (
               SELECT 1 FROM unnest($2::text[]) AS wanted (target)
               LEFT JOIN ${schema}.audit_shipping shipped ON shipped.target = wanted.target
               WHERE coalesce(shipped.position, 0) < chain.position)
             AND NOT EXISTS (
               SELECT 1 FROM ${schema}.audit_set_aside aside
               WHERE aside.target = ANY ($2) AND aside.position = chain.position)
           ORDER BY position LIMIT ${batchSize})`,
        [before, shippedTo],
      );
      return rowCount ?? 0;
    }),
  );
  return deleted ?? 0;
}
