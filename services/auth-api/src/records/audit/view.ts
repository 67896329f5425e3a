/** Makes of a stored event what the API answers, and finds the people in it. */
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import type { StoredAuditEvent } from './store.ts';

export function viewOf({ atMs, ...event }: StoredAuditEvent): SecurityEvent {
  return { ...event, at: new Date(atMs).toISOString() };
}

/** An actor that is no person is found nowhere. */
export function peopleIn({ sub, fields }: Pick<SecurityEvent, 'sub' | 'fields'>): string[] {
  const { actor } = fields;
  return [sub, actor].filter((one) => typeof one === 'string');
}
