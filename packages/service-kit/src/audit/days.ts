/** The days of a chain: how far it went on each, sealed under the key-encryption key, which the database does not have. */
import type { SecretBox, SecretPlace } from '../crypto/secret-box.ts';
import type { Queryable } from '../postgres/pool.ts';

export interface AuditDay {
  /** YYYY-MM-DD, UTC. */
  day: string;
  lastPosition: number;
  /** Hash of its last event. */
  hash: Buffer;
  seal: string;
}

export async function readDays(
  schema: string,
  db: Queryable,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<AuditDay[]> {
  const { rows } = await db.query<{ day: string; last_position: string; hash: Buffer; seal: string }>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, last_position, hash, seal FROM ${schema}.audit_days
     WHERE ($1::date IS NULL OR day >= $1) AND ($2::date IS NULL OR day <= $2) ORDER BY day`,
    [from ?? null, to ?? null],
  );
  return rows.map(({ day, last_position, hash, seal }) => ({
    ...{ day, hash, seal },
    lastPosition: Number(last_position),
  }));
}

/** A seal that was copied from another day does not open. */
export function placeOfSeal(schema: string, day: string): SecretPlace {
  return { table: `${schema}.audit_days`, row: day, column: 'seal' };
}

/** Seals again what was sealed under another key; the number of days. */
export async function resealDays(schema: string, db: Queryable, box: SecretBox): Promise<number> {
  const days = await readDays(schema, db, {});
  const old = days.filter(({ seal }) => seal.split('.')[1] !== box.activeKeyId);
  for (const { day, seal } of old) {
    const place = placeOfSeal(schema, day);
    // Only if nobody sealed it anew meanwhile.
    await db.query(`UPDATE ${schema}.audit_days SET seal = $3 WHERE day = $1 AND seal = $2`, [
      day,
      seal,
      box.seal(box.open(seal, place), place),
    ]);
  }
  return old.length;
}

/** The first UTC day whose events are kept for sure. */
export function keptFromDay(nowMs: number, retentionDays: number): string {
  return new Date(nowMs - retentionDays * 86_400_000).toISOString().slice(0, 10);
}
