/** Rows of auth.audit_events. */
import type { AuditTransaction, RecordedAuditEvent } from './event.ts';

const insert = `INSERT INTO auth.audit_events
  (id, at, name, outcome, correlation_id, sub, client_id, contact_center_id, sid, client_address, fields)
SELECT id, to_timestamp("atMs" / 1000.0), name, outcome, "correlationId", sub, "clientId", "contactCenterId", sid,
  "clientAddress", coalesce(fields, '{}')
FROM jsonb_to_recordset($1::jsonb) AS event (
  id uuid, "atMs" bigint, name text, outcome text, "correlationId" text, sub text, "clientId" text,
  "contactCenterId" text, sid text, "clientAddress" text, fields jsonb
)
ON CONFLICT (id) DO NOTHING`;

/** Stores each event once, however often it is given. */
export async function insertAuditEvents(
  db: AuditTransaction,
  events: readonly RecordedAuditEvent[],
): Promise<void> {
  if (events.length > 0) await db.query(insert, [JSON.stringify(events)]);
}
