/**
 * Reads the end from which a chain continues. The seal decides, not the rows: if the rows decided, the next event would
 * seal what an attacker rewrote. So a break stays visible in the chain, and the chain continues nevertheless.
 */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { sealPlace } from './days.ts';
import { noHash } from './hash.ts';

export interface ChainEnd {
  /** Position of the last event. */
  position: number;
  /** Hash that the next one covers. */
  hash: Buffer;
}

interface SealedEnd extends ChainEnd {
  /** Last day of the chain, as YYYY-MM-DD and not after tomorrow; undefined before the first event. */
  day: string | undefined;
  /** Why the chain is not as it was written; undefined when it is. */
  problem: string | undefined;
}

interface EndRow {
  chain_position: string | null;
  chain_hash: Buffer | null;
  day: string | null;
  day_position: string | null;
  day_hash: Buffer | null;
  seal: string | null;
}

interface Reading {
  schema: string;
  secretBox: SecretBox;
  /** YYYY-MM-DD */
  today: string;
  /** The last end that the caller wrote. */
  remembered?: ChainEnd | undefined;
}

export async function readSealedEnd(
  db: Queryable,
  { schema, secretBox, today, remembered }: Reading,
): Promise<SealedEnd> {
  const { rows } = await db.query<EndRow>(
    `SELECT chain.position AS chain_position, chain.hash AS chain_hash, to_char(day.day, 'YYYY-MM-DD') AS day,
       day.last_position AS day_position, day.hash AS day_hash, day.seal
     FROM (SELECT 1) AS one
     LEFT JOIN (SELECT position, hash FROM ${schema}.audit_chain ORDER BY position DESC LIMIT 1) AS chain ON true
     LEFT JOIN (
       SELECT * FROM ${schema}.audit_days WHERE day <= $1::date + 1 ORDER BY day DESC LIMIT 1
     ) AS day ON true`,
    [today],
  );
  const row = rows[0] as EndRow;
  const position = Math.max(Number(row.chain_position ?? 0), Number(row.day_position ?? 0));
  const sealed = openedSeal(row, schema, secretBox);
  if (remembered !== undefined && position < remembered.position) {
    const problem = `the chain ended with event ${remembered.position} and now ends with ${position}, seal and all: its end was cut off`;
    return { ...remembered, day: row.day ?? undefined, problem };
  }
  return {
    position,
    hash: sealed ?? noHash,
    day: row.day ?? undefined,
    problem: problemOf(row, sealed),
  };
}

/** Returns the sealed hash; undefined when the seal was not made for this end of this day. */
function openedSeal(
  { day, day_hash: hash, seal }: EndRow,
  schema: string,
  box: SecretBox,
): Buffer | undefined {
  if (day === null || seal === null || hash === null) return undefined;
  try {
    const opened = box.open(seal, sealPlace(schema, day));
    return opened.equals(hash) ? opened : undefined;
  } catch {
    return undefined;
  }
}

function problemOf(row: EndRow, sealed: Buffer | undefined): string | undefined {
  const { chain_position: position, chain_hash: hash, day, day_position: sealedPosition } = row;
  if (day === null)
    return position === null ? undefined : `the ${position} events of the chain are of no sealed day`;
  if (sealed === undefined) return `the seal of ${day} is not the one that was made for it`;
  // All events may have been deleted after the retention time.
  if (position === null) return undefined;
  return position === sealedPosition && hash?.equals(sealed)
    ? undefined
    : `the chain ends with event ${position}, which is not the one that was sealed (${sealedPosition})`;
}
