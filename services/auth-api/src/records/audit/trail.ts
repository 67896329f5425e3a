/** Gives the security events to the audit trail, split into facts that stay after an erasure and personal facts. */
import type { AuditTrail, TrailEvent } from '@gatehouse/audit-trail/chain';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { AuditEvent } from './event.ts';

interface AuditEventRow {
  id: string;
  at: Date;
  name: string;
  outcome: string;
  correlation_id: string;
  client_id: string | null;
  contact_center_id: string | null;
  sub: string | null;
  sid: string | null;
  client_address: string | null;
  fields: NonNullable<AuditEvent['fields']>;
  erased_at: Date | null;
}

export interface SecurityFacts {
  name: AuditEvent['name'];
  outcome: AuditEvent['outcome'];
  correlationId: string;
  clientId: string | null;
  contactCenterId: string | null;
}

export interface SecurityPersonalFacts {
  sub: string | null;
  sid: string | null;
  clientAddress: string | null;
  fields: NonNullable<AuditEvent['fields']>;
}

export function securityTrail(pool: Pool): AuditTrail<AuditEventRow> {
  return { pool, schema: 'auth', table: 'auth.audit_events', seqColumn: 'seq', read };
}

function read(row: AuditEventRow): TrailEvent {
  const personal = {
    sub: row.sub,
    sid: row.sid,
    clientAddress: row.client_address,
    fields: row.fields,
  } satisfies SecurityPersonalFacts;
  return {
    id: row.id,
    atMs: row.at.getTime(),
    facts: {
      name: row.name,
      outcome: row.outcome,
      correlationId: row.correlation_id,
      clientId: row.client_id,
      contactCenterId: row.contact_center_id,
    },
    personal: row.erased_at === null ? personal : undefined,
  };
}
