/** A security event as Elasticsearch gets it. */
import type { ChainedEvent } from '@gatehouse/service-kit/audit/trail';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import { auditDocument, changesAsText } from '@gatehouse/service-kit/elasticsearch/audit-document';
import type { Document } from '@gatehouse/service-kit/elasticsearch/bulk-writer';
import type { AuditEventName } from './event.ts';
import type { SecurityFacts, SecurityPersonalFacts } from './trail.ts';

/** Replaces a name or an address by a pseudonym, where the installation wants that. */
export type Disguise = (value: string) => string;

export function securityDocument(event: ChainedEvent, disguise: Disguise): Document {
  const facts = event.facts as unknown as SecurityFacts;
  const personal = event.personal as SecurityPersonalFacts | undefined;
  const { userName, reason, changes, ...others } = personal?.fields ?? {};
  const details =
    changes === undefined ? others : { ...others, changes: changesAsText(changes as FieldChanges) };
  return auditDocument('auth-api', event, {
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

const administered = /^(client|signing_key)_(created|updated|deleted|secret_rotated|rotated)$/;

/** ECS event.category and event.type. */
function kindOf(name: AuditEventName): { category: string[]; type: string[] } {
  const [, what, how] = administered.exec(name) ?? [];
  if (what !== undefined) {
    const type = how === 'created' ? 'creation' : how === 'deleted' ? 'deletion' : 'change';
    return { category: ['configuration', 'iam'], type: [type] };
  }
  if (/logout|session_ended|cut_off/.test(name))
    return { category: ['authentication', 'session'], type: ['end'] };
  if (/password_change/.test(name)) return { category: ['iam'], type: ['user', 'change'] };
  return { category: ['authentication'], type: [/login_/.test(name) ? 'start' : 'info'] };
}
