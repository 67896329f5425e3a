/** Decides who may read and write the people of a contact centre, and finds the environment that holds them. */
import type { Directory } from '@gatehouse/contracts/environment-api/directory';
import { conflict } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, mayRead, requireWriter, unknownContactCenter } from '../access/caller.ts';
import { parseId } from '../fields/scalars.ts';
import type { Home } from './person.ts';

/** Whoever reads people could as well write them: both need the right to change the contact centre. @throws AppError 403, 404 */
export function requireProvisioner(caller: Caller, text: string): string {
  const id = parseId(text);
  if (id !== undefined && caller.provisions === id) return id;
  if (id === undefined || !mayRead(caller, id)) throw unknownContactCenter(text);
  requireWriter(caller);
  return id;
}

/** @throws AppError 404, 409 where the people are elsewhere */
export async function findHome(db: Queryable, contactCenterId: string): Promise<Home> {
  const { rows } = await db.query<{ environmentId: string; directory: Directory }>({
    name: 'home_of_people',
    text: `SELECT e.id AS "environmentId", e.directory
      FROM environment.contact_centers c JOIN environment.environments e ON e.id = c.environment_id WHERE c.id = $1`,
    values: [contactCenterId],
  });
  const [found] = rows;
  if (found === undefined) throw unknownContactCenter(contactCenterId);
  if (found.directory === 'people') return { contactCenterId, environmentId: found.environmentId };
  const where = { ldap: 'an LDAP directory', configServer: 'Configuration Servers' }[found.directory];
  throw conflict(
    `The people of this contact centre are in ${where}: people are provisioned only where the directory of its environment is "people"`,
  );
}
