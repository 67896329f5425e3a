/** Builds the security events of administrators who look at people and end what they hold, and shows them refusals. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Actor } from '../../core/administration/actor.ts';
import { type AuditEvent, type AuditEventName, actorFields } from '../../records/audit/event.ts';
import type { StoredAuditEvent } from '../../records/audit/store.ts';

type Facts = Pick<AuditEvent, 'sub' | 'contactCenterId' | 'sid' | 'clientId' | 'fields'>;

/** The event names the administrator. */
export function helpDeskEventOf(name: AuditEventName, actor: Actor, { fields, ...facts }: Facts): AuditEvent {
  return {
    name,
    outcome: 'success',
    correlationId: actor.correlationId,
    clientAddress: actor.clientAddress,
    ...facts,
    fields: { ...actorFields(actor), ...fields },
  };
}

/** How many of the last refusals an administrator sees. */
export const shownRefusals = 10;

export function refusalOf({ atMs, name, clientAddress, clientId, correlationId, fields }: StoredAuditEvent) {
  const { reason, detail } = fields;
  return definedOnly({
    at: new Date(atMs).toISOString(),
    name,
    reason: typeof reason === 'string' ? reason : undefined,
    detail: typeof detail === 'string' && detail !== '' ? detail : undefined,
    clientAddress,
    clientId,
    correlationId,
  });
}
