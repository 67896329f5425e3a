/** Writes security events into the Redis stream or into a transaction, with an id, a time and bounded texts. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { DomainEvent } from '../../core/domain-event.ts';
import type { AuditEvent, AuditWriter, RecordedAuditEvent } from './event.ts';
import { insertAuditEvent } from './store.ts';
import type { AuditStream } from './stream.ts';

interface AuditWriterOptions {
  stream: AuditStream;
  now: Clock;
  /** Of each event of `write`. */
  recorded: Pick<DomainEvent<[event: RecordedAuditEvent]>, 'announce'>;
}

export function createAuditWriter({ stream, now, recorded }: AuditWriterOptions): AuditWriter {
  return {
    async write(given) {
      const event = recordEvent(given, now);
      await Promise.all([stream.append(event), recorded.announce(event)]);
    },
    inTransaction: (transaction, event) => insertAuditEvent(transaction, recordEvent(event, now)),
  };
}

/** Bounds what an attacker can write into the trail. */
const maxTextLength = 512;
/** Changes of administrators were validated before, and redirect URIs may be longer. */
const maxChangedTextLength = 4096;

function recordEvent(event: AuditEvent, now: Clock): RecordedAuditEvent {
  return { ...(cleanMembers(event, textLimit) as unknown as AuditEvent), id: randomUuid(), atMs: now() };
}

/** Uses a plain loop, because it runs in every token request and lists of entries would be slower. */
function cleanMembers(members: object, limitOf: (key: string) => number): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {};
  for (const key in members) {
    const value = (members as Record<string, unknown>)[key];
    if (value === undefined) continue;
    cleaned[key] = key === 'fields' ? cleanMembers(value as object, fieldLimit) : clean(value, limitOf(key));
  }
  return cleaned;
}

const textLimit = () => maxTextLength;
const fieldLimit = (key: string) => (key === 'changes' ? maxChangedTextLength : maxTextLength);

/** Replaces NUL and lone surrogates, which PostgreSQL does not store. */
function clean<T>(value: T, maxLength: number): T {
  if (Array.isArray(value)) return value.map((item) => clean(item, maxLength)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, clean(inner, maxLength)]),
    ) as T;
  }
  if (typeof value !== 'string') return value;
  // Nearly every text takes this short path.
  if (value.length <= maxLength && value.isWellFormed() && !value.includes('\0')) return value;
  return value.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, maxLength).toWellFormed() as T;
}
