/** Deletes audit events after their retention time; the seals of their days stay, so that the chain continues from them. */
import { createBoundedDeletion, type PoolClient } from '@gatehouse/service-kit/postgres';
import type { AuditTrail } from './trail.ts';

const batchSize = 5000;

interface Expiry {
  /** Events of days before that of this moment are deleted. */
  before: Date;
  /** Events that one of these targets does not have yet, or refused, are kept; empty where nothing is shipped. */
  shippedTo: readonly string[];
}

/** SQL: the first UTC day whose events are all within the retention time. */
const firstKeptDay = (retentionDays: number) =>
  `date_trunc('day', (clock_timestamp() - interval '${retentionDays} days') AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;

export function createAuditDeletion(
  trail: AuditTrail,
  { retentionDays, shippedTo }: { retentionDays: number; shippedTo: readonly string[] },
) {
  const { pool, schema } = trail;
  return createBoundedDeletion({
    pool,
    schema,
    name: 'audit',
    lock: `audit-expire:${schema}`,
    due: firstKeptDay(retentionDays),
    async oldest(client, due) {
      const { rows } = await client.query<{ day: Date }>(
        `SELECT day::timestamp AT TIME ZONE 'UTC' AS day FROM ${schema}.audit_chain chain
         WHERE ${isOld('$1')} AND ${isShipped(schema, '$2')} ORDER BY position LIMIT 1`,
        [due, shippedTo],
      );
      return rows[0]?.day;
    },
    remove: (client, before) => removeBatch(client, trail, { before, shippedTo }),
  });
}

/** Deletes one batch in a transaction, oldest first. Resolves the number of events. */
export async function removeBatch(
  client: PoolClient,
  { schema, table, seqColumn }: AuditTrail,
  { before, shippedTo }: Expiry,
): Promise<number> {
  // A trigger on append-only tables allows deletion only with this setting.
  await client.query(`SELECT set_config('gatehouse.audit_retention', 'on', true)`);
  const { rowCount } = await client.query(
    `DELETE FROM ${table} WHERE ${seqColumn} IN (
       SELECT event_seq FROM ${schema}.audit_chain chain
       WHERE ${isOld('$1')} AND ${isShipped(schema, '$2')} ORDER BY position LIMIT ${batchSize})`,
    [before, shippedTo],
  );
  return rowCount ?? 0;
}

const isOld = (moment: string) => `day < (${moment}::timestamptz AT TIME ZONE 'UTC')::date`;

const isShipped = (schema: string, targets: string) => `NOT EXISTS (
    SELECT 1 FROM unnest(${targets}::text[]) AS wanted (target)
    LEFT JOIN ${schema}.audit_shipping shipped ON shipped.target = wanted.target
    WHERE coalesce(shipped.position, 0) < chain.position)
  AND NOT EXISTS (
    SELECT 1 FROM ${schema}.audit_set_aside aside
    WHERE aside.target = ANY (${targets}) AND aside.position = chain.position)`;
