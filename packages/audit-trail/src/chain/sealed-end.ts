/**
 * Where a chain goes on. It is what was sealed that counts, not what the rows say now: whoever rewrote them would
 * otherwise get the seal from us with the next event. So a break stays in the chain for good, and nothing waits for it.
 */
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { placeOfSeal } from './days.ts';
import { noHash } from './hash.ts';

export interface ChainEnd {
  /** Last place that is taken. */
  position: number;
  /** What the next hash covers. */
  hash: Buffer;
}

export interface SealedEnd extends ChainEnd {
  /** Last day of the chain, as YYYY-MM-DD; undefined before the first event. Of a later day than tomorrow we have sealed none. */
  day: string | undefined;
  /** Why the chain cannot be as it was written. */
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
  /** What the caller himself entered last. */
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

/** Undefined when the seal was not made by us for this end of this day. */
function openedSeal(
  { day, day_hash: hash, seal }: EndRow,
  schema: string,
  box: SecretBox,
): Buffer | undefined {
  if (day === null || seal === null || hash === null) return undefined;
  try {
    const opened = box.open(seal, placeOfSeal(schema, day));
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
  // Every event may be past its time and deleted.
  if (position === null) return undefined;
  return position === sealedPosition && hash?.equals(sealed)
    ? undefined
    : `the chain ends with event ${position}, which is not the one that was sealed (${sealedPosition})`;
}
