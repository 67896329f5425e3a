/** Writes the numbers of people that a document has. Numbers of this installation stay: a number is never given to another person. */
import type { PersonNumber } from '@gatehouse/contracts/environment-api';
import { badRequest, conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Write } from '../changes/writer.ts';
import type { InstallationDocument } from './document.ts';

/** @throws AppError 400 for an environment that is not in the document, 409 where a number or a person has another one here */
export async function writeNumbers(write: Write, document: InstallationDocument): Promise<void> {
  const { personNumbers, environments } = document;
  if (personNumbers.length === 0) return;
  const known = new Set(environments.map(({ id }) => id));
  // Nobody may take a number from the sequence until it stands behind those of the document.
  await write.db.query('LOCK TABLE environment.person_numbers IN SHARE ROW EXCLUSIVE MODE');
  const added = new Map<string, number>();
  for (const [index, { environmentId, numbers }] of personNumbers.entries()) {
    const field = `personNumbers.${index}`;
    if (!known.has(environmentId)) {
      throw badRequest(`There is no environment ${environmentId} in the document`, {
        field: `${field}.environmentId`,
      });
    }
    const count = await insert(write.db, environmentId, numbers);
    if (count < numbers.length) await requireSame(write.db, environmentId, numbers, `${field}.numbers`);
    added.set(environmentId, (added.get(environmentId) ?? 0) + count);
  }
  for (const [id, count] of added) {
    if (count === 0) continue;
    const changes = { personNumbers: { to: `${count} added` } };
    await write.record({ action: 'update', entity: 'environment', id, changes });
  }
}

/** New people get numbers behind all that are given. Call it under the lock of `writeNumbers`; it is not undone by a rollback. */
export async function moveSequence(db: Queryable): Promise<void> {
  await db.query(
    `SELECT setval('environment.person_dbids', given.highest)
      FROM (SELECT max(dbid) AS highest FROM environment.person_numbers) AS given, environment.person_dbids AS sequence
      WHERE given.highest >= sequence.last_value`,
  );
}

async function insert(db: Queryable, environmentId: string, numbers: readonly PersonNumber[]) {
  const { rowCount } = await db.query(
    `INSERT INTO environment.person_numbers (environment_id, external_id, dbid)
      SELECT $1, * FROM unnest($2::text[], $3::integer[]) ON CONFLICT DO NOTHING`,
    valuesOf(environmentId, numbers),
  );
  return rowCount ?? 0;
}

async function requireSame(
  db: Queryable,
  environmentId: string,
  numbers: readonly PersonNumber[],
  field: string,
): Promise<void> {
  const { rows } = await db.query<PersonNumber & { present: number | null }>(
    `SELECT given.external_id AS "externalId", given.dbid, present.dbid AS present
      FROM unnest($2::text[], $3::integer[]) AS given (external_id, dbid)
      LEFT JOIN environment.person_numbers AS present
        ON present.environment_id = $1 AND present.external_id = given.external_id
      WHERE present.dbid IS DISTINCT FROM given.dbid LIMIT 1`,
    valuesOf(environmentId, numbers),
  );
  const [other] = rows;
  if (other === undefined) return;
  const { externalId, dbid, present } = other;
  const reason = present === null ? 'another person has it' : `this person has the number ${present}`;
  throw conflict(
    `The number ${dbid} cannot be given to ${JSON.stringify(externalId)}: ${reason} here, and numbers stay. Import into an installation without these numbers, or leave them out of the document`,
    { field },
  );
}

function valuesOf(environmentId: string, numbers: readonly PersonNumber[]) {
  return [environmentId, numbers.map(({ externalId }) => externalId), numbers.map(({ dbid }) => dbid)];
}
