/** The rows of the audit trail as a chain, and as documents of Elasticsearch. */
import type { Disguise } from '@gatehouse/audit-trail/chain/disguise';
import type { AuditTrail, ChainedEvent, TrailEvent } from '@gatehouse/audit-trail/chain/trail';
import { auditDocument, changesAsText } from '@gatehouse/audit-trail/elasticsearch/audit-document';
import type { Document } from '@gatehouse/audit-trail/elasticsearch/bulk-writer';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import type { AuditAction, AuditEntry } from './entry.ts';
import { type StoredRow, toAuditRow } from './store.ts';

type ChangeFacts = Pick<
  AuditEntry,
  'action' | 'entity' | 'entityId' | 'contactCenterId' | 'requestId' | 'operationId' | 'changes'
>;
type ActorFacts = Pick<AuditEntry, 'actor' | 'actorKind'> & { clientAddress?: string };

export const auditedService = 'environment-api';

export function configurationTrail(pool: Pool): AuditTrail<StoredRow> {
  return { pool, schema: 'environment', table: 'environment.audit', seqColumn: 'id', read };
}

function read(row: StoredRow): TrailEvent {
  const { id, at, actor, actorKind, clientAddress, ...facts } = toAuditRow(row);
  return {
    // Numbers begin again in a database that was made anew.
    id: `environment-api-${id}-${at}`,
    atMs: at,
    facts: facts satisfies ChangeFacts,
    // Rows from before it was kept have the hash of a person without it.
    personal: {
      actor,
      actorKind,
      ...(clientAddress === undefined ? {} : { clientAddress }),
    } satisfies ActorFacts,
  };
}

const types: Record<AuditAction, string> = { create: 'creation', update: 'change', delete: 'deletion' };
const pastTense: Record<AuditAction, string> = { create: 'created', update: 'updated', delete: 'deleted' };

export function configurationDocument(event: ChainedEvent, disguise: Disguise): Document {
  const facts = event.facts as unknown as ChangeFacts;
  const { actor, actorKind, clientAddress } = event.personal as unknown as ActorFacts;
  return auditDocument(auditedService, event, {
    action: `${facts.entity.replaceAll('-', '_')}_${pastTense[facts.action]}`,
    outcome: 'success',
    category: ['configuration'],
    type: [types[facts.action]],
    correlationId: facts.requestId,
    contactCenterId: facts.contactCenterId,
    clientAddress: clientAddress === undefined ? undefined : disguise(clientAddress),
    user: { name: actorKind === 'client' ? undefined : disguise(actor) },
    gatehouse: {
      ...(actorKind === 'client' ? { client_id: actor } : {}),
      entity: { type: facts.entity, id: facts.entityId },
      details: { changes: changesAsText(facts.changes) },
    },
  });
}
