/** Writes security events where they cannot get lost. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AuditWriter } from './event.ts';
import { recordEvent } from './record.ts';
import { insertAuditEvent } from './store.ts';
import type { AuditStream } from './stream.ts';

export function createAuditWriter({ stream, now }: { stream: AuditStream; now: Clock }): AuditWriter {
  return {
    write: (event) => stream.append(recordEvent(event, now)),
    inTransaction: (transaction, event) => insertAuditEvent(transaction, recordEvent(event, now)),
  };
}
