/** Reads persons of the people store in the form for Auth API. */
import type { PersonView } from '@gatehouse/contracts/environment-api';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { nameKey } from './name-key.ts';

/** Far more than tokens carry. An answer without end would count at Auth API as an outage, for everybody. */
const maxGroups = 1_000;

/** SQL expression: until when a link for the first password of `people p` works. Nobody who has a password is looked for. */
export const linkEnd = `CASE WHEN p.password IS NULL THEN (SELECT ${isoTime('l.expires_at')}
      FROM environment.password_links l WHERE l.person_id = p.id AND l.expires_at > now()) END`;

/** SQL expression: the issuers of the links of `people p` to identity providers. */
export const linkIssuers = `ARRAY(SELECT l.issuer FROM environment.people_links l WHERE l.person_id = p.id)`;

/** SQL expression: the names of the groups of `people p`. */
const groupNames = `ARRAY(SELECT g.name::text
      FROM environment.people_group_members m JOIN environment.people_groups g ON g.id = m.group_id
      WHERE m.person_id = p.id ORDER BY g.name_key LIMIT ${maxGroups})`;

/** SQL expression that builds a `PersonView` from `people p`. */
export const personJson = `json_strip_nulls(json_build_object(
    'id', p.id, 'dbid', p.dbid, 'version', p.version, 'userName', p.user_name, 'firstName', p.first_name,
    'lastName', p.last_name, 'email', p.email, 'employeeId', p.employee_id, 'externalId', p.external_id,
    'isActive', p.is_active, 'passwordEnvelope', p.password, 'passwordLinkEndsAt', ${linkEnd},
    'linkIssuers', ${linkIssuers},
    'passwordChangedAt', floor(extract(epoch FROM p.password_changed_at))::bigint,
    'groups', ${groupNames}
  ))`;

const selectPerson = `SELECT ${personJson} AS person FROM environment.people p`;

export interface PersonRow {
  person: PersonView;
}

/** One field that names a person. */
export type PersonName =
  | { field: 'dbid'; value: number }
  | { field: 'userName' | 'email' | 'externalId'; value: string };

const conditions: Record<PersonName['field'], string> = {
  dbid: 'p.dbid = $2',
  userName: 'p.user_name_key = $2',
  email: 'p.email_key = $2',
  externalId: 'p.external_id = $2',
};

/** Two are enough to see that the name is not one person's. */
const maxFound = 2;

export async function findPeople(
  db: Queryable,
  environmentId: string,
  { field, value }: PersonName,
): Promise<PersonView[]> {
  const isFolded = field === 'userName' || field === 'email';
  const { rows } = await db.query<PersonRow>({
    name: `people_by_${field}`,
    text: `${selectPerson} WHERE p.environment_id = $1 AND ${conditions[field]} ORDER BY p.dbid LIMIT ${maxFound}`,
    values: [environmentId, isFolded ? nameKey(value) : value],
  });
  return rows.map((row) => row.person);
}

export async function listPeopleNumbers(
  db: Queryable,
  environmentId: string,
  { state, after, limit }: { state: 'active' | 'inactive'; after: number; limit: number },
): Promise<number[]> {
  const { rows } = await db.query<{ dbid: number }>({
    name: `people_${state}`,
    // The state is no value: PostgreSQL must know which index serves it.
    text: `SELECT dbid FROM environment.people
      WHERE environment_id = $1 AND ${state === 'active' ? '' : 'NOT '}is_active AND dbid > $2 ORDER BY dbid LIMIT $3`,
    values: [environmentId, after, limit],
  });
  return rows.map((row) => row.dbid);
}

export async function listGroupsOfPeople(
  db: Queryable,
  environmentId: string,
  { after, limit }: { after: number; limit: number },
) {
  const { rows } = await db.query<Pick<PersonView, 'dbid' | 'userName' | 'isActive' | 'groups'>>({
    name: 'people_groups_of_all',
    text: `SELECT p.dbid, p.user_name AS "userName", p.is_active AS "isActive", ${groupNames} AS groups
      FROM environment.people p WHERE p.environment_id = $1 AND p.dbid > $2 ORDER BY p.dbid LIMIT $3`,
    values: [environmentId, after, limit],
  });
  return rows;
}

/** Reads the person and locks the row until the transaction ends. */
export async function lockPersonView(
  db: Queryable,
  environmentId: string,
  name: { field: 'dbid'; value: number } | { field: 'id'; value: string },
): Promise<PersonView | undefined> {
  const condition = name.field === 'id' ? 'p.id = $2' : 'p.dbid = $2';
  // Locks first, reads after: a writer that had to wait must see what the other one wrote, groups included.
  const { rowCount } = await db.query(
    `SELECT FROM environment.people p WHERE p.environment_id = $1 AND ${condition} FOR UPDATE`,
    [environmentId, name.value],
  );
  if (rowCount === 0) return undefined;
  const { rows } = await db.query<PersonRow>(`${selectPerson} WHERE p.environment_id = $1 AND ${condition}`, [
    environmentId,
    name.value,
  ]);
  return rows[0]?.person;
}
