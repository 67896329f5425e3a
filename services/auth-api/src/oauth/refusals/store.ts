/** Stores refused requests and their numbers in `auth.refusals` and `auth.refusal_counts`, reads them, and deletes what is old. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { inTransaction, type Pool, type Queryable } from '@gatehouse/service-kit/postgres';
import { examplesInAll, examplesPerReason, keptDays } from './bounds.ts';

export interface StoredCount {
  /** Empty: all unknown clients. */
  client_id: string;
  /** A later client of the same id has numbers of its own. */
  client_since: string;
  /** Empty: none, or several. */
  contact_center_id: string;
  reason: string;
  count: number;
  last_at: string;
}

export interface StoredExample extends Omit<StoredCount, 'count' | 'last_at' | 'client_since'> {
  at: string;
  endpoint: string;
  error: string;
  detail: string;
  sent: Record<string, string>;
  registered: Record<string, string>;
  correlation_id: string;
  client_address: string;
}

/** In one transaction; of each client and reason the newest examples stay. */
export async function writeRefusals(
  pool: Pool,
  { counts, examples }: { counts: readonly StoredCount[]; examples: readonly StoredExample[] },
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // In one order, so that replicas wait for each other and never in a circle.
    await client.query(
      `INSERT INTO auth.refusal_counts AS kept (client_id, client_since, contact_center_id, reason, day, count, last_at)
       SELECT client_id, client_since, contact_center_id, reason, (last_at AT TIME ZONE 'UTC')::date, count, last_at
       FROM jsonb_to_recordset($1::jsonb) AS new (client_id text, client_since timestamptz, contact_center_id text,
         reason text, count bigint, last_at timestamptz)
       ORDER BY client_id, client_since, contact_center_id, reason
       ON CONFLICT (client_id, client_since, contact_center_id, reason, day) DO UPDATE
       SET count = kept.count + excluded.count, last_at = greatest(kept.last_at, excluded.last_at)`,
      [JSON.stringify(counts)],
    );
    if (examples.length === 0) return;
    await client.query(
      `INSERT INTO auth.refusals (at, client_id, contact_center_id, endpoint, error, reason, detail, sent, registered,
         correlation_id, client_address)
       SELECT at, client_id, contact_center_id, endpoint, error, reason, detail, sent, registered, correlation_id,
         client_address
       FROM jsonb_to_recordset($1::jsonb) AS new (at timestamptz, client_id text, contact_center_id text, endpoint text,
         error text, reason text, detail text, sent jsonb, registered jsonb, correlation_id text, client_address text)`,
      [JSON.stringify(examples)],
    );
    await client.query(
      `DELETE FROM auth.refusals USING unnest($1::text[], $2::text[]) AS written (owner, cause)
       WHERE client_id = owner AND reason = cause AND id <= (
         SELECT id FROM auth.refusals AS newer WHERE newer.client_id = owner AND newer.reason = cause
         ORDER BY id DESC OFFSET $3 LIMIT 1)`,
      [...columnsOf(examples), examplesPerReason],
    );
  });
}

/** The clients and reasons of examples, each once. */
function columnsOf(examples: readonly StoredExample[]): [string[], string[]] {
  const groups = new Map(examples.map((one) => [`${one.client_id} ${one.reason}`, one]));
  const written = [...groups.values()];
  return [written.map(({ client_id }) => client_id), written.map(({ reason }) => reason)];
}

export async function sweepRefusals(db: Queryable): Promise<void> {
  await db.query(`DELETE FROM auth.refusals WHERE at < now() - make_interval(days => $1)`, [keptDays]);
  await db.query(`DELETE FROM auth.refusal_counts WHERE day <= current_date - $1::int`, [keptDays]);
  await db.query(
    'DELETE FROM auth.refusals WHERE id <= (SELECT id FROM auth.refusals ORDER BY id DESC OFFSET $1 LIMIT 1)',
    [examplesInAll],
  );
}

export async function forgetContactCenter(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM auth.refusals WHERE contact_center_id = $1', [id]);
  await db.query('DELETE FROM auth.refusal_counts WHERE contact_center_id = $1', [id]);
}

/** Of these requests, each of which is an event of a person. */
export async function countRefusalsOf(db: Queryable, correlationIds: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM auth.refusals WHERE correlation_id = ANY ($1)',
    [correlationIds],
  );
  return rows[0]?.count ?? 0;
}

/** Resolves to how many there were. */
export async function deleteRefusalsOf(db: Queryable, correlationIds: readonly string[]): Promise<number> {
  const { rowCount } = await db.query('DELETE FROM auth.refusals WHERE correlation_id = ANY ($1)', [
    correlationIds,
  ]);
  return rowCount ?? 0;
}

export interface RefusalFilter {
  /** Empty: clients that are not registered. */
  clientId?: string | undefined;
  reason?: string | undefined;
  correlationId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Only earlier ones: where the page before ended. */
  before?: number | undefined;
  /** Undefined: all, those of unknown clients included. */
  contactCenterId: string | undefined;
  limit: number;
}

/** Newest first. `next`: where the next page begins; undefined on the last one. */
export async function findRefusals(db: Queryable, { limit, ...filter }: RefusalFilter) {
  const { clientId, reason, correlationId, contactCenterId, from, to, before } = filter;
  const { rows } = await db.query<Row>(
    `SELECT * FROM auth.refusals WHERE ($1::text IS NULL OR client_id = $1) AND ($2::text IS NULL OR reason = $2)
       AND ($3::text IS NULL OR correlation_id = $3) AND ($4::text IS NULL OR contact_center_id = $4)
       AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
       AND ($7::bigint IS NULL OR id < $7)
     ORDER BY id DESC LIMIT $8`,
    [
      ...[clientId, reason, correlationId, contactCenterId, from, to, before].map((one) => one ?? null),
      limit + 1,
    ],
  );
  const shown = rows.slice(0, limit);
  return {
    requests: shown.map(refusedRequest),
    next: rows.length > limit ? shown.at(-1)?.id : undefined,
  };
}

export interface ClientOfRefusals {
  clientId: string;
  createdAtMs: number;
  contactCenterId: string | undefined;
}

/** The reasons of a client, the latest first. */
export async function countRefusals(
  db: Queryable,
  { clientId, createdAtMs, contactCenterId }: ClientOfRefusals,
) {
  const { rows } = await db.query<{ reason: string; count: string; last_at: Date }>(
    `SELECT reason, sum(count) AS count, max(last_at) AS last_at FROM auth.refusal_counts
     WHERE client_id = $1 AND client_since = to_timestamp($2 / 1000.0) AND ($3::text IS NULL OR contact_center_id = $3)
     GROUP BY reason ORDER BY max(last_at) DESC LIMIT 100`,
    [clientId, createdAtMs, contactCenterId ?? null],
  );
  return rows.map(({ reason, count, last_at }) => ({
    reason,
    count: Number(count),
    lastAt: last_at.toISOString(),
  }));
}

/** The newest of each reason. */
export async function exampleRefusals(
  db: Queryable,
  { clientId, createdAtMs, contactCenterId }: ClientOfRefusals,
  perReason: number,
): Promise<RefusedRequest[]> {
  const { rows } = await db.query<Row>(
    `SELECT * FROM (
       SELECT *, row_number() OVER (PARTITION BY reason ORDER BY id DESC) AS place FROM auth.refusals
       WHERE client_id = $1 AND at >= to_timestamp($2 / 1000.0) AND ($3::text IS NULL OR contact_center_id = $3)
     ) AS newest WHERE place <= $4 ORDER BY id DESC`,
    [clientId, createdAtMs, contactCenterId ?? null, perReason],
  );
  return rows.map(refusedRequest);
}

interface Row extends Omit<StoredExample, 'at'> {
  id: string;
  at: Date;
}

function refusedRequest(row: Row): RefusedRequest {
  return {
    at: row.at.toISOString(),
    endpoint: row.endpoint,
    error: row.error,
    reason: row.reason,
    detail: row.detail,
    sent: row.sent,
    registered: row.registered,
    correlationId: row.correlation_id,
    clientAddress: row.client_address,
    ...definedOnly({
      clientId: row.client_id || undefined,
      contactCenterId: row.contact_center_id || undefined,
    }),
  };
}
