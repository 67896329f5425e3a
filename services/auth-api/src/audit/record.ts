/** Gives an event its id and time, and takes out of it what a database or a log line cannot hold. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/random';
import type { AuditEvent, RecordedAuditEvent } from './event.ts';

/** Longer texts come from attackers, not from people. */
const longestText = 512;

export function recordEvent(event: AuditEvent, now: Clock): RecordedAuditEvent {
  const cleaned = Object.fromEntries(
    Object.entries(event)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, key === 'fields' ? cleanFields(value) : clean(value)]),
  ) as unknown as AuditEvent;
  return { ...cleaned, id: randomUuid(), atMs: now() };
}

function cleanFields(fields: AuditEvent['fields']): AuditEvent['fields'] {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(clean) : clean(value),
    ]),
  );
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function clean<T>(value: T): T {
  if (typeof value !== 'string') return value;
  return value.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, longestText).toWellFormed() as T;
}
