/** A security event as Elasticsearch gets it. */

import type { ChainedEvent } from '@gatehouse/audit-trail/chain/trail';
import type { Document } from '@gatehouse/audit-trail/elasticsearch/bulk';
import type { Pseudonymise } from '@gatehouse/audit-trail/shipping/audit-document';
import { auditDocument, changesAsText } from '@gatehouse/audit-trail/shipping/audit-document';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import { auditEvents, type CatalogueEntry, type EventKind } from './event.ts';
import type { SecurityFacts, SecurityPersonalFacts } from './trail.ts';

export const auditedService = 'auth-api';

export function securityDocument(event: ChainedEvent, pseudonymise: Pseudonymise): Document {
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
      name: userName === undefined ? undefined : pseudonymise(String(userName)),
    },
    clientAddress: personal?.clientAddress ? pseudonymise(personal.clientAddress) : undefined,
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
