/** Writes an audit event as a syslog message (RFC 5424) in the frame of a TLS transport (RFC 5425). */
import { hostname } from 'node:os';
import type { Document } from '../elasticsearch/bulk.ts';

/** "Log audit" of RFC 5424 section 6.2.1. */
const facility = 13;
const severities = { success: 5, failure: 4 } as const;
const unknown = '-';

interface EventBody {
  '@timestamp': string;
  event: { action: string; outcome: keyof typeof severities };
  service: { name: string };
}

/**
 * Facts that rules of a receiver select by are in the header; the message is the whole event as JSON. It has no other characters
 * than ASCII, so that it needs no byte order mark (section 6.4), which readers of JSON do not expect.
 */
export function syslogMessage({ body }: Document, host = hostname()): string {
  const { '@timestamp': at, event, service } = body as unknown as EventBody;
  const priority = facility * 8 + (severities[event.outcome] ?? severities.success);
  const header = [
    `<${priority}>1`,
    at,
    printable(host, 255),
    printable(`gatehouse-${service.name}`, 48),
    unknown,
    printable(event.action, 32),
    unknown,
  ];
  return `${header.join(' ')} ${asciiJson(body)}`;
}

/** MSG-LEN counts bytes (RFC 5425 section 4.3); the message has one a character. */
export function frameOf(message: string): string {
  return `${message.length} ${message}`;
}

function printable(text: string, maxLength: number): string {
  const kept = text.replace(/[^\x21-\x7e]/g, '').slice(0, maxLength);
  return kept === '' ? unknown : kept;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
