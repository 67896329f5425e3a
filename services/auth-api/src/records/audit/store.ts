/** Stores and reads the rows of auth.audit_events. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AuditTransaction, RecordedAuditEvent } from './event.ts';

/**
 * The person of an event may have asked to be forgotten: a batch comes late, and a replica hears of the end of a session within a second.
 * Then the event is stored without the person. A person who signs in again after that is known again.
 */
const insert = `WITH given AS MATERIALIZED (
  SELECT event.*, mark.digest AS mark, mark.erased_at
  FROM jsonb_to_recordset($1::jsonb) AS event (
    id uuid, "atMs" bigint, name text, outcome text, "correlationId" text, sub text, "clientId" text,
    "contactCenterId" text, sid text, "clientAddress" text, fields jsonb
  ) LEFT JOIN LATERAL (
    SELECT digest, erased_at FROM auth.erased_subjects
    WHERE event.sub IS NOT NULL AND digest IN (sha256(convert_to(event.sub, 'UTF8')),
      sha256(convert_to(coalesce(event."contactCenterId", '') || ' ' || event.sub, 'UTF8')))
    LIMIT 1
  ) AS mark ON true
), known AS (
  DELETE FROM auth.erased_subjects WHERE digest IN (
    SELECT mark FROM given WHERE name IN ('login_succeeded', 'assertion_accepted')
      AND to_timestamp("atMs" / 1000.0) > erased_at + interval '1 minute')
)
INSERT INTO auth.audit_events
  (id, at, name, outcome, correlation_id, sub, client_id, contact_center_id, sid, client_address, fields)
SELECT id, to_timestamp("atMs" / 1000.0), name, outcome, "correlationId",
  CASE WHEN mark IS NULL THEN sub END, "clientId", "contactCenterId", CASE WHEN mark IS NULL THEN sid END,
  CASE WHEN mark IS NULL THEN "clientAddress" END, CASE WHEN mark IS NULL THEN coalesce(fields, '{}') ELSE '{}' END
FROM given
ON CONFLICT (id) DO NOTHING`;

/** Stores an event in the transaction of the caller. */
export async function insertAuditEvent(db: AuditTransaction, event: RecordedAuditEvent): Promise<void> {
  await insertEventTexts(db, [JSON.stringify(event)]);
}

/** Stores each event once, however often it is given. The JSON texts are not parsed here, because PostgreSQL parses them. */
export async function insertEventTexts(db: AuditTransaction, texts: readonly string[]): Promise<void> {
  if (texts.length > 0) await db.query(insert, [`[${texts.join()}]`]);
}

export interface AuditFilter {
  /** User name (any case) or sub. */
  user?: string | undefined;
  /** Where the person of the user name is. */
  userContactCenterId?: string | undefined;
  /** Beside the user: events of either. */
  actors?: readonly string[] | undefined;
  names?: readonly string[] | undefined;
  outcome?: 'success' | 'failure' | undefined;
  clientId?: string | undefined;
  contactCenterId?: string | undefined;
  correlationId?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  beforeSeq?: number | undefined;
  afterSeq?: number | undefined;
  limit: number;
}

export interface StoredAuditEvent {
  seq: number;
  id: string;
  atMs: number;
  name: string;
  outcome: string;
  correlationId: string;
  sub: string | undefined;
  clientId: string | undefined;
  contactCenterId: string | undefined;
  sid: string | undefined;
  clientAddress: string | undefined;
  fields: NonNullable<RecordedAuditEvent['fields']>;
}

interface AuditEventRow {
  seq: string;
  id: string;
  at: Date;
  name: string;
  outcome: string;
  correlation_id: string;
  sub: string | null;
  client_id: string | null;
  contact_center_id: string | null;
  sid: string | null;
  client_address: string | null;
  fields: StoredAuditEvent['fields'];
}

/**
 * PostgreSQL cannot tell how few events a name has, and would look for them in all events, from the newest on. Asked for their numbers, it
 * uses the indexes.
 */
const isOfUser = `seq = ANY (ARRAY(SELECT seq FROM auth.audit_events WHERE sub = $1 UNION ALL
  SELECT seq FROM auth.audit_events WHERE fields ? 'userName' AND lower(fields->>'userName') = lower($1)
    AND ($13::text IS NULL OR contact_center_id = $13)
  UNION ALL SELECT seq FROM auth.audit_events WHERE fields ? 'actor' AND fields->>'actor' = ANY ($12)))`;

/** In the order of the values that follow the user; a condition is true where its value is null. */
const conditions = [
  '($2::text[] IS NULL OR name = ANY ($2))',
  '($3::text IS NULL OR outcome = $3)',
  '($4::text IS NULL OR client_id = $4)',
  '($5::text IS NULL OR contact_center_id = $5)',
  '($6::text IS NULL OR correlation_id = $6)',
  '($7::bigint IS NULL OR at >= to_timestamp($7 / 1000.0))',
  '($8::bigint IS NULL OR at < to_timestamp($8 / 1000.0))',
  '($9::bigint IS NULL OR seq < $9)',
  '($10::bigint IS NULL OR seq > $10)',
];

async function findAuditEvents(db: Queryable, filter: AuditFilter): Promise<StoredAuditEvent[]> {
  const order = filter.afterSeq === undefined ? 'DESC' : 'ASC';
  const isOfAny = filter.user === undefined && filter.actors === undefined;
  const first = isOfAny ? 'coalesce($1::text, $13::text) IS NULL AND $12::text[] IS NULL' : isOfUser;
  const { rows } = await db.query<AuditEventRow>(
    `SELECT * FROM auth.audit_events WHERE ${[first, ...conditions].join(' AND ')} ORDER BY seq ${order} LIMIT $11`,
    [
      orNull(filter.user),
      filter.names ?? null,
      ...[filter.outcome, filter.clientId, filter.contactCenterId].map(orNull),
      ...[filter.correlationId, filter.fromMs, filter.toMs, filter.beforeSeq, filter.afterSeq].map(orNull),
      filter.limit,
      filter.actors ?? null,
      isOfAny ? null : orNull(filter.userContactCenterId),
    ],
  );
  return rows.map(toStoredEvent);
}

/**
 * Reads a page of events: newest first below `beforeSeq`, or oldest first above `afterSeq`.
 * `nextSeq` is where the next page begins; undefined on the last one.
 */
export async function findAuditPage(db: Queryable, filter: AuditFilter) {
  const found = await findAuditEvents(db, { ...filter, limit: filter.limit + 1 });
  const events = found.slice(0, filter.limit);
  return { events, nextSeq: found.length > filter.limit ? events.at(-1)?.seq : undefined };
}

function orNull(value: string | number | undefined): string | number | null {
  return value ?? null;
}

function toStoredEvent(row: AuditEventRow): StoredAuditEvent {
  return {
    seq: Number(row.seq),
    id: row.id,
    atMs: row.at.getTime(),
    name: row.name,
    outcome: row.outcome,
    correlationId: row.correlation_id,
    sub: row.sub ?? undefined,
    clientId: row.client_id ?? undefined,
    contactCenterId: row.contact_center_id ?? undefined,
    sid: row.sid ?? undefined,
    clientAddress: row.client_address ?? undefined,
    fields: row.fields,
  };
}

const ofUser = `(sub = $1 OR (fields ? 'userName' AND lower(fields->>'userName') = lower($1)))`;

/** Reads the user names and subs that the events have of a user. */
export async function findPersonalNames(
  db: Queryable,
  user: string,
): Promise<{ subs: string[]; userNames: string[] }> {
  const { rows } = await db.query<{ subs: string[]; names: string[] }>(
    `SELECT coalesce(array_agg(DISTINCT sub) FILTER (WHERE sub IS NOT NULL), '{}') AS subs,
       coalesce(array_agg(DISTINCT fields->>'userName') FILTER (WHERE fields ? 'userName'), '{}') AS names
     FROM auth.audit_events WHERE ${ofUser}`,
    [user],
  );
  return { subs: rows[0]?.subs ?? [], userNames: rows[0]?.names ?? [] };
}

/** Erases the personal part of the events of a user. Resolves their numbers. */
export async function erasePersonalFacts(db: Queryable, user: string): Promise<string[]> {
  const { rows } = await db.query<{ seq: string }>(
    `UPDATE auth.audit_events
     SET sub = NULL, sid = NULL, client_address = NULL, fields = '{}', erased_at = now()
     WHERE ${ofUser} RETURNING seq`,
    [user],
  );
  return rows.map(({ seq }) => seq);
}
