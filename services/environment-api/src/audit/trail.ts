/** Maps rows of the audit trail to events of the hash chain and to documents of Elasticsearch. */

import type { AuditTrail, ChainedEvent, TrailEvent } from '@gatehouse/audit-trail/chain';
import type { Document } from '@gatehouse/audit-trail/elasticsearch';
import { auditDocument, changesAsText, type Pseudonymise } from '@gatehouse/audit-trail/shipping';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { type AuditAction, type AuditEntry, type StoredRow, toAuditRow } from './store.ts';

type ChangeFacts = Pick<
  AuditEntry,
  'action' | 'entity' | 'entityId' | 'contactCenterId' | 'requestId' | 'operationId' | 'changes'
>;
type ActorFacts = Pick<AuditEntry, 'actor' | 'actorKind'> & {
  actorContactCenterId?: string;
  actorClient?: string;
  linkRequest?: string;
  clientAddress?: string;
};

export const auditedService = 'environment-api';

export function configurationTrail(pool: Pool): AuditTrail<StoredRow> {
  return { pool, schema: 'environment', table: 'environment.audit', seqColumn: 'id', read };
}

function read(row: StoredRow): TrailEvent {
  const {
    id,
    at,
    actor,
    actorKind,
    actorContactCenterId,
    actorClient,
    linkRequest,
    clientAddress,
    ...facts
  } = toAuditRow(row);
  const by = { actor, actorKind, actorContactCenterId, actorClient, linkRequest, clientAddress };
  return {
    // The time makes it unique: row ids start again in a new database.
    id: `environment-api-${id}-${at}`,
    atMs: at,
    facts: facts satisfies ChangeFacts,
    // An absent field must stay absent: the hashes of older rows were made without it.
    personal: definedOnly(by) satisfies ActorFacts,
  };
}

const types: Record<AuditAction, string> = { create: 'creation', update: 'change', delete: 'deletion' };
const pastTense: Record<AuditAction, string> = { create: 'created', update: 'updated', delete: 'deleted' };

export function configurationDocument(event: ChainedEvent, pseudonymise: Pseudonymise): Document {
  const facts = event.facts as unknown as ChangeFacts;
  const personal = event.personal as unknown as ActorFacts;
  const { actor, actorKind, actorContactCenterId, actorClient, linkRequest, clientAddress } = personal;
  return auditDocument(auditedService, event, {
    action: `${facts.entity.replaceAll('-', '_')}_${pastTense[facts.action]}`,
    outcome: 'success',
    category: ['configuration'],
    type: [types[facts.action]],
    correlationId: facts.requestId,
    contactCenterId: facts.contactCenterId,
    clientAddress: clientAddress === undefined ? undefined : pseudonymise(clientAddress),
    user: { name: actorKind === 'client' ? undefined : pseudonymise(actor) },
    gatehouse: {
      ...definedOnly({ client_id: actorKind === 'client' ? actor : actorClient }),
      entity: { type: facts.entity, id: facts.entityId },
      details: {
        changes: changesAsText(facts.changes),
        ...definedOnly({ actorContactCenterId, linkRequest }),
      },
    },
  });
}
