/** Finds and gives the numbers of people. A number is given once: not again after a deletion, and not to two who ask at once. */
import type { PersonNumber } from '@gatehouse/contracts/environment-api';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { unknownEnvironment } from '../access/caller.ts';

const columns = `external_id AS "externalId", dbid`;

export async function findNumbers(
  db: Queryable,
  environmentId: string,
  externalIds: readonly string[],
): Promise<PersonNumber[]> {
  const { rows } = await db.query<PersonNumber>({
    name: 'person_numbers_by_external_id',
    text: `SELECT ${columns} FROM environment.person_numbers
      WHERE environment_id = $1 AND external_id = ANY ($2::text[])`,
    values: [environmentId, externalIds],
  });
  return rows;
}

/** The number of each id, a new one where it has none. @throws AppError 404, 503 when no number is left */
export async function numbersOf(
  db: Queryable,
  environmentId: string,
  externalIds: readonly string[],
): Promise<PersonNumber[]> {
  // Read first: an attempt to insert takes a number from the sequence, also for those who have one.
  const known = await findNumbers(db, environmentId, externalIds);
  const missing = without(externalIds, known);
  if (missing.length === 0) return known;
  const added = await insertNumbers(db, environmentId, missing);
  // Others may have been given theirs in the meantime, by somebody who asked too.
  const others = without(missing, added);
  return [...known, ...added, ...(others.length > 0 ? await findNumbers(db, environmentId, others) : [])];
}

export async function numberOfDbid(
  db: Queryable,
  environmentId: string,
  dbid: number,
): Promise<PersonNumber[]> {
  const { rows } = await db.query<PersonNumber>({
    name: 'person_number_by_dbid',
    text: `SELECT ${columns} FROM environment.person_numbers WHERE dbid = $2 AND environment_id = $1`,
    values: [environmentId, dbid],
  });
  return rows;
}

/** In order of numbers. */
export async function listNumbers(
  db: Queryable,
  environmentId: string,
  { after, limit }: { after: number; limit: number },
): Promise<PersonNumber[]> {
  const { rows } = await db.query<PersonNumber>({
    name: 'person_numbers_page',
    text: `SELECT ${columns} FROM environment.person_numbers
      WHERE environment_id = $1 AND dbid > $2 ORDER BY dbid LIMIT $3`,
    values: [environmentId, after, limit],
  });
  return rows;
}

export function without(externalIds: readonly string[], known: readonly PersonNumber[]): string[] {
  const have = new Set(known.map(({ externalId }) => externalId));
  return [...new Set(externalIds)].filter((id) => !have.has(id));
}

async function insertNumbers(
  db: Queryable,
  environmentId: string,
  externalIds: readonly string[],
): Promise<PersonNumber[]> {
  try {
    const { rows } = await db.query<PersonNumber>({
      name: 'person_numbers_insert',
      // In one order, so that two who insert the same ids cannot deadlock.
      text: `INSERT INTO environment.person_numbers (environment_id, external_id)
        SELECT $1, id FROM unnest($2::text[]) AS id ORDER BY id COLLATE "C"
        ON CONFLICT (environment_id, external_id) DO NOTHING RETURNING ${columns}`,
      values: [environmentId, externalIds],
    });
    return rows;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === foreignKeyViolation) throw unknownEnvironment(environmentId);
    if (code === sequenceExhausted) throw noNumberLeft(error);
    throw error;
  }
}

const foreignKeyViolation = '23503';
export const sequenceExhausted = '2200H';

export function noNumberLeft(cause: unknown): AppError {
  return new AppError(
    'person_numbers_exhausted',
    503,
    'No number is left for a new person: the sequence environment.person_dbids is at its end. People who have a number sign in as before',
    { cause },
  );
}
