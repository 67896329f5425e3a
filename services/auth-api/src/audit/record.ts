/** Gives an event its id and time, and takes out of it what a database or a log line cannot hold. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/random';
import type { AuditEvent, RecordedAuditEvent } from './event.ts';

/** Longer texts come from attackers, not from people. */
const longestText = 512;
/** What administrators change was checked before: their redirect URIs may be longer. */
const longestChangedText = 4096;

export function recordEvent(event: AuditEvent, now: Clock): RecordedAuditEvent {
  return { ...(cleanMembers(event, textLimit) as unknown as AuditEvent), id: randomUuid(), atMs: now() };
}

/** A plain loop: of two lists and an object made from them, a token request would notice the cost. */
function cleanMembers(members: object, limitOf: (key: string) => number): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {};
  for (const key in members) {
    const value = (members as Record<string, unknown>)[key];
    if (value === undefined) continue;
    cleaned[key] = key === 'fields' ? cleanMembers(value as object, fieldLimit) : clean(value, limitOf(key));
  }
  return cleaned;
}

const textLimit = () => longestText;
const fieldLimit = (key: string) => (key === 'changes' ? longestChangedText : longestText);

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function clean<T>(value: T, longest: number): T {
  if (Array.isArray(value)) return value.map((item) => clean(item, longest)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner, longest)])) as T;
  }
  if (typeof value !== 'string') return value;
  // Nearly every text: this is on the way of a token.
  if (value.length <= longest && value.isWellFormed() && !value.includes('\0')) return value;
  return value.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, longest).toWellFormed() as T;
}
