/** Appends to and reads the table `environment.audit`. Its rows never change; the retention job deletes old ones. */
import type { EnvironmentEntity } from '@gatehouse/contracts/environment-api';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import type { Page } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export type AuditAction = 'create' | 'update' | 'delete';

export interface AuditEntry {
  /** Milliseconds since 1970. */
  at: number;
  actorKind: 'ops' | 'client' | 'user';
  actor: string;
  /** Of a person: the contact centre that authenticated them; undefined also in rows from before it was stored. */
  actorContactCenterId: string | undefined;
  /** The client by whose token a person did it; undefined of everybody else. */
  actorClient: string | undefined;
  /** Of the operator at the console: correlation id of the request that made the link. */
  linkRequest: string | undefined;
  action: AuditAction;
  entity: EnvironmentEntity;
  entityId: string;
  contactCenterId: string | undefined;
  requestId: string;
  /** Undefined in rows from before addresses were stored. */
  clientAddress: string | undefined;
  operationId: string | undefined;
  changes: FieldChanges;
}

export interface AuditFilter {
  entity: string | undefined;
  entityId: string | undefined;
  /** Only rows of these contact centres; undefined: all. */
  contactCenterIds: readonly string[] | undefined;
  /** In lower case. */
  actors: readonly string[] | undefined;
  requestId: string | undefined;
  fromMs: number | undefined;
  toMs: number | undefined;
}

export interface AuditRow extends AuditEntry {
  id: number;
}

export interface StoredRow {
  id: string;
  at: Date;
  actor_kind: AuditEntry['actorKind'];
  actor: string;
  actor_contact_center_id: string | null;
  actor_client: string | null;
  link_request: string | null;
  action: AuditEntry['action'];
  entity: AuditEntry['entity'];
  entity_id: string;
  contact_center_id: string | null;
  request_id: string;
  client_address: string | null;
  operation_id: string | null;
  changes: AuditEntry['changes'];
}

/** In one statement, because a request may change a thousand things. */
export async function appendAudit(db: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  await db.query({
    name: 'audit_append',
    text: `INSERT INTO environment.audit
        (at, actor_kind, actor, action, entity, entity_id, contact_center_id, request_id, operation_id, changes,
          client_address, actor_client, link_request, actor_contact_center_id)
      SELECT to_timestamp(at / 1000.0), "actorKind", actor, action, entity, "entityId", "contactCenterId", "requestId",
        "operationId", changes, "clientAddress", "actorClient", "linkRequest", "actorContactCenterId"
      FROM ROWS FROM (jsonb_to_recordset($1) AS (at bigint, "actorKind" text, actor text, action text, entity text,
        "entityId" text, "contactCenterId" uuid, "requestId" text, "operationId" text, changes jsonb,
        "clientAddress" text, "actorClient" text, "linkRequest" text,
        "actorContactCenterId" text)) WITH ORDINALITY
      ORDER BY ordinality`,
    values: [JSON.stringify(entries)],
  });
}

/** Newest first; one row more than the page holds, which shows that there is a next page. */
export async function listAudit(db: Queryable, filter: AuditFilter, page: Page): Promise<AuditRow[]> {
  // Without a name, so that it is planned for the filters that are given.
  const { rows } = await db.query<StoredRow>({
    text: `SELECT * FROM environment.audit
      WHERE ($1::text IS NULL OR entity = $1) AND ($2::text IS NULL OR entity_id = $2)
        AND ($3::uuid[] IS NULL OR contact_center_id = ANY ($3)) AND ($4::bigint IS NULL OR id < $4)
        AND ($5::text[] IS NULL OR lower(actor) = ANY ($5)) AND ($6::text IS NULL OR request_id = $6)
        AND ($7::bigint IS NULL OR at >= to_timestamp($7 / 1000.0)) AND ($8::bigint IS NULL OR at < to_timestamp($8 / 1000.0))
      ORDER BY id DESC LIMIT $9 OFFSET $10`,
    values: [
      filter.entity ?? null,
      filter.entityId ?? null,
      filter.contactCenterIds ?? null,
      page.after ?? null,
      filter.actors ?? null,
      filter.requestId ?? null,
      filter.fromMs ?? null,
      filter.toMs ?? null,
      page.limit + 1,
      page.offset,
    ],
  });
  return rows.map(toAuditRow);
}

export function toAuditRow(row: StoredRow): AuditRow {
  return {
    id: Number(row.id),
    at: row.at.getTime(),
    actorKind: row.actor_kind,
    actor: row.actor,
    actorContactCenterId: row.actor_contact_center_id ?? undefined,
    actorClient: row.actor_client ?? undefined,
    linkRequest: row.link_request ?? undefined,
    action: row.action,
    entity: row.entity,
    entityId: row.entity_id,
    contactCenterId: row.contact_center_id ?? undefined,
    requestId: row.request_id,
    clientAddress: row.client_address ?? undefined,
    operationId: row.operation_id ?? undefined,
    changes: row.changes,
  };
}
