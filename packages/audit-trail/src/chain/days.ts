/** Reads the days of a chain and reseals them; a seal is made with the key-encryption key, which the database does not have. */
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface AuditDay {
  /** YYYY-MM-DD, UTC. */
  day: string;
  lastPosition: number;
  /** Hash of the last event of the day. */
  hash: Buffer;
  seal: string;
}

interface DayRow {
  day: string;
  last_position: string;
  hash: Buffer;
  seal: string;
}

const columns = `to_char(day, 'YYYY-MM-DD') AS day, last_position, hash, seal`;

/** Reads the days from `from` to `to`, both inclusive. */
export async function readDays(
  schema: string,
  db: Queryable,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<AuditDay[]> {
  const { rows } = await db.query<DayRow>(
    `SELECT ${columns} FROM ${schema}.audit_days
     WHERE ($1::date IS NULL OR day >= $1) AND ($2::date IS NULL OR day <= $2) ORDER BY audit_days.day`,
    [from ?? null, to ?? null],
  );
  return rows.map(toDay);
}

/** Reads the last day before the given one. */
export async function readDayBefore(
  schema: string,
  db: Queryable,
  day: string,
): Promise<AuditDay | undefined> {
  const { rows } = await db.query<DayRow>(
    `SELECT ${columns} FROM ${schema}.audit_days WHERE day < $1 ORDER BY audit_days.day DESC LIMIT 1`,
    [day],
  );
  return rows.map(toDay)[0];
}

function toDay({ day, last_position, hash, seal }: DayRow): AuditDay {
  return { day, lastPosition: Number(last_position), hash, seal };
}

/** Reads the highest position of the chain, also when its events were deleted; 0 before the first event. */
export async function readLastPosition(schema: string, db: Queryable): Promise<number> {
  const { rows } = await db.query<{ position: string | null }>(
    `SELECT greatest((SELECT max(position) FROM ${schema}.audit_chain),
       (SELECT max(last_position) FROM ${schema}.audit_days)) AS position`,
  );
  return Number(rows[0]?.position ?? 0);
}

/** Binds a seal to its day: a seal that was copied from another day does not open. */
export function sealPlace(schema: string, day: string): SecretPlace {
  return { table: `${schema}.audit_days`, row: day, column: 'seal' };
}

/** Reseals under the active key what was sealed under another one. Resolves the number of days. */
export async function resealDays(schema: string, db: Queryable, box: SecretBox): Promise<number> {
  const days = await readDays(schema, db, {});
  const old = days.filter(({ seal }) => !box.isCurrent(seal));
  for (const { day, seal } of old) {
    // The condition on the old seal keeps a seal that the chainer made in the meantime.
    await db.query(`UPDATE ${schema}.audit_days SET seal = $3 WHERE day = $1 AND seal = $2`, [
      day,
      seal,
      box.reseal(seal, sealPlace(schema, day)),
    ]);
  }
  return old.length;
}

/** The first UTC day whose events are all within the retention time. */
export function keptFromDay(nowMs: number, retentionDays: number): string {
  return new Date(nowMs - retentionDays * 86_400_000).toISOString().slice(0, 10);
}
