/** A security event as Elasticsearch gets it. */
import type { Disguise } from '@gatehouse/audit-trail/chain/disguise';
import type { ChainedEvent } from '@gatehouse/audit-trail/chain/trail';
import { auditDocument, changesAsText } from '@gatehouse/audit-trail/elasticsearch/audit-document';
import type { Document } from '@gatehouse/audit-trail/elasticsearch/bulk-writer';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import { auditEvents, type CatalogueEntry, type EventKind } from './event.ts';
import type { SecurityFacts, SecurityPersonalFacts } from './trail.ts';

export const auditedService = 'auth-api';

export function securityDocument(event: ChainedEvent, disguise: Disguise): Document {
  const facts = event.facts as unknown as SecurityFacts;
  const personal = event.personal as SecurityPersonalFacts | undefined;
  const { userName, reason, changes, ...others } = personal?.fields ?? {};
  const details =
    changes === undefined ? others : { ...others, changes: changesAsText(changes as FieldChanges) };
  return auditDocument(auditedService, event, {
    action: facts.name,
    outcome: facts.outcome,
    ...kindOf(facts.name),
    reason: reason === undefined ? undefined : String(reason),
    correlationId: facts.correlationId,
    contactCenterId: facts.contactCenterId ?? undefined,
    user: {
      id: personal?.sub ?? undefined,
      name: userName === undefined ? undefined : disguise(String(userName)),
    },
    clientAddress: personal?.clientAddress ? disguise(personal.clientAddress) : undefined,
    gatehouse: {
      ...(facts.clientId === null ? {} : { client_id: facts.clientId }),
      ...(personal?.sid ? { session_id: personal.sid } : {}),
      ...(Object.keys(details).length === 0 ? {} : { details }),
    },
  });
}

/** A later release, which was here before this one, may have written events that this one does not know. */
function kindOf(name: string): EventKind {
  return (auditEvents as Record<string, CatalogueEntry>)[name]?.kind ?? { category: [], type: ['info'] };
}
