/** Finds the environment that holds the people of a contact centre. */
import { type Directory, isOwnDirectory, peopleSources } from '@gatehouse/contracts/environment-api';
import { conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { unknownContactCenter } from '../access/caller.ts';
import type { Home } from './person.ts';

export interface HomeRow {
  environmentId: string;
  directory: Directory;
}

/** @throws AppError 404, 409 where the people are elsewhere */
export async function findHome(db: Queryable, contactCenterId: string): Promise<Home> {
  const { rows } = await db.query<HomeRow>({
    name: 'home_of_people',
    text: `SELECT e.id AS "environmentId", e.directory
      FROM environment.contact_centers c JOIN environment.environments e ON e.id = c.environment_id WHERE c.id = $1`,
    values: [contactCenterId],
  });
  return requireHome(contactCenterId, rows[0]);
}

/** @throws AppError 404, 409 where the people are elsewhere */
export function requireHome(contactCenterId: string, found: HomeRow | undefined): Home {
  if (found === undefined) throw unknownContactCenter(contactCenterId);
  if (isOwnDirectory(found.directory)) return { contactCenterId, environmentId: found.environmentId };
  const where = peopleSources[found.directory].place;
  throw conflict(
    `The people of this contact centre are in ${where}: people are provisioned only where the directory of its environment is "people"`,
  );
}
