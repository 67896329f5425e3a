/** One line of the journal file: a checksum and the entries of one change, which survive together or not at all. */
import { crc32 } from 'node:zlib';
import { decodeJson, encodeJson } from '@gatehouse/config-server-client/wire/ocp/body';
import { z } from 'zod';
import { type JournalEntry, journalEntrySchema } from './journal.ts';

const entriesSchema = z.array(journalEntrySchema);
const lineLimits = { maxDepth: 64, maxItems: 10_000_000 };
const checksumLength = 8;

export function encodeLine(entries: JournalEntry[]): Buffer {
  const json = Buffer.from(encodeJson(entries));
  return Buffer.concat([Buffer.from(`${checksum(json)} `), json, Buffer.from('\n')]);
}

/** The entries, or undefined for a line that was cut or damaged. `line` is without its end. */
export function decodeLine(line: Buffer): JournalEntry[] | undefined {
  const json = line.subarray(checksumLength + 1);
  if (line.subarray(0, checksumLength).toString() !== checksum(json)) return undefined;
  const decoded = decodeJson(json, lineLimits);
  if (!('value' in decoded)) return undefined;
  const parsed = entriesSchema.safeParse(decoded.value);
  return parsed.success ? parsed.data : undefined;
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(checksumLength, '0');
}

/** Whether these bytes are what is left of a journal's first line, whose writer was killed over it. */
export function isTornStart(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const beginning = ' [{"kind":"log"'.slice(0, Math.max(0, text.length - checksumLength));
  return (
    !text.includes('\n') &&
    /^[0-9a-f]*$/.test(text.slice(0, checksumLength)) &&
    text.startsWith(beginning, checksumLength)
  );
}
