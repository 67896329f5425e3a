/** Writes the security events about the factors of a person, with the request that caused them. */
import { currentRequest } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { factorEvents } from '../../records/audit/catalogue/factor-events.ts';
import type { AuditEvent, AuditWriter } from '../../records/audit/event.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';

type FactorEventName = keyof typeof factorEvents;

interface FactorEventsOptions {
  writer: AuditWriter;
  /** For wrong answers: somebody who knows the password can cause as many as they like. */
  floodLimited: Pick<AuditWriter, 'write'>;
}

export type FactorEvents = ReturnType<typeof createFactorEvents>;

export function createFactorEvents({ writer, floodLimited }: FactorEventsOptions) {
  const eventOf = (
    { contactCenterId, sub }: PersonKey,
    name: FactorEventName,
    fields: AuditEvent['fields'],
    outcome: AuditEvent['outcome'] = 'success',
  ): AuditEvent => ({
    ...{ name, outcome, contactCenterId, sub, fields },
    ...(currentRequest() ?? { correlationId: 'second factors' }),
  });
  return {
    /** Both happen or neither. */
    inTransaction: (transaction: Queryable, ...facts: [PersonKey, FactorEventName, AuditEvent['fields']]) =>
      writer.inTransaction(transaction, eventOf(...facts)),
    write: (...facts: Parameters<typeof eventOf>) => writer.write(eventOf(...facts)),
    failed: (person: PersonKey, fields: { factor: string; reason?: string }) =>
      floodLimited.write(eventOf(person, 'second_factor_failed', fields, 'failure')),
  };
}
