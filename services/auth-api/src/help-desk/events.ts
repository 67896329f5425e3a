/** Builds the security events of administrators who look at people and end what they hold. */
import type { Actor, AuditEvent, AuditEventName } from '../audit/event.ts';

type Facts = Pick<AuditEvent, 'sub' | 'contactCenterId' | 'sid' | 'clientId' | 'fields'>;

/** The event names the administrator. */
export function eventOf(
  name: AuditEventName,
  { name: actor, correlationId, clientAddress }: Actor,
  { fields, ...facts }: Facts,
): AuditEvent {
  return {
    name,
    outcome: 'success',
    correlationId,
    clientAddress,
    ...facts,
    fields: { actor, ...fields },
  };
}
