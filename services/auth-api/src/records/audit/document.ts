/** Makes the document of Elasticsearch from a security event. */

import type { ChainedEvent } from '@gatehouse/audit-trail/chain';
import type { Document } from '@gatehouse/audit-trail/elasticsearch';
import { auditDocument, changesAsText, type Pseudonymise } from '@gatehouse/audit-trail/shipping';
import { definedOnly } from '@gatehouse/contracts/values';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import type { CatalogueEntry, EventKind } from './catalogue/event-kinds.ts';
import { auditEvents } from './event.ts';
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
    gatehouse: definedOnly({
      client_id: facts.clientId ?? undefined,
      session_id: personal?.sid || undefined,
      details: Object.keys(details).length === 0 ? undefined : details,
    }),
  });
}

/** After a rollback, the trail may have events of a later release that this one does not know. */
function kindOf(name: string): EventKind {
  return (auditEvents as Record<string, CatalogueEntry>)[name]?.kind ?? { category: [], type: ['info'] };
}
