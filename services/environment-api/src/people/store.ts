/** Stores persons in the table `people`; their numbers come from `person_numbers`. */
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { nameKey } from './name-key.ts';
import { addressesOf, type Person, type PersonFields } from './person.ts';

/** A condition over `people p` or `people_groups g`; its first value is `$2`, because `$1` is the environment. */
export interface Condition {
  text: string;
  values: readonly unknown[];
}

/** SQLSTATE unique_violation: a name is taken. */
export const takenState = '23505';

interface Row {
  person: Person;
}

/** SQL over `people p`. */
export const personJson = `json_strip_nulls(json_build_object(
    'id', p.id, 'dbid', p.dbid, 'version', p.version, 'userName', p.user_name, 'externalId', p.external_id,
    'firstName', p.first_name, 'lastName', p.last_name, 'employeeId', p.employee_id, 'isActive', p.is_active,
    'passwordEnvelope', p.password, 'attributes', p.attributes, 'createdAt', ${isoTime('p.created_at')},
    'updatedAt', ${isoTime('p.updated_at')},
    'groups', (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'provider', m.provider)
        ORDER BY g.ordinal), '[]'::json)
      FROM environment.people_group_members m JOIN environment.people_groups g ON g.id = m.group_id
      WHERE m.person_id = p.id)
  ))`;
const select = `SELECT ${personJson} AS person FROM environment.people p`;

export async function readPerson(db: Queryable, environmentId: string, id: string) {
  const { rows } = await db.query<Row>({
    name: 'person_by_id',
    text: `${select} WHERE p.environment_id = $1 AND p.id = $2`,
    values: [environmentId, id],
  });
  return rows[0]?.person;
}

/** Reads it and locks it until the transaction ends. */
export async function lockPerson(db: Queryable, environmentId: string, id: string) {
  // Locks first, reads after: a writer that had to wait must see what the other one wrote, groups included.
  const { rowCount } = await db.query({
    name: 'person_lock',
    text: 'SELECT FROM environment.people WHERE environment_id = $1 AND id = $2 FOR UPDATE',
    values: [environmentId, id],
  });
  return rowCount === 0 ? undefined : readPerson(db, environmentId, id);
}

/** In the order of their numbers. */
export async function listPeople(
  db: Queryable,
  environmentId: string,
  condition: Condition,
  page: { offset: number; limit: number },
): Promise<Person[]> {
  // Numbers of rows first: the JSON of those that are skipped is never built.
  const { rows } = await db.query<Row>(
    `${select} WHERE p.dbid = ANY (ARRAY(
        SELECT p.dbid FROM environment.people p WHERE p.environment_id = $1 AND ${condition.text}
        ORDER BY p.dbid LIMIT ${page.limit} OFFSET ${page.offset}))
      ORDER BY p.dbid`,
    [environmentId, ...condition.values],
  );
  return rows.map((row) => row.person);
}

export async function countPeople(db: Queryable, environmentId: string, condition: Condition) {
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM environment.people p WHERE p.environment_id = $1 AND ${condition.text}`,
    [environmentId, ...condition.values],
  );
  return Number(rows[0]?.count);
}

export interface NewPerson {
  id: string;
  fields: PersonFields;
  passwordEnvelope?: string | undefined;
}

/**
 * Gives each a number, in one statement however many there are. Those whose user name is taken, by others or by one before
 * them, are left out. Errors: unique_violation for a name that was taken meanwhile.
 */
export async function insertPeople(
  db: Queryable,
  environmentId: string,
  people: readonly NewPerson[],
): Promise<{ id: string; dbid: number; version: number }[]> {
  const rows = people.map(({ id, fields, passwordEnvelope }) => ({
    id,
    ...columnsOf(fields),
    password: passwordEnvelope ?? null,
  }));
  const result = await db.query<{ id: string; dbid: number; version: string }>({
    name: 'people_insert',
    // Looks first, so that a name which is taken uses up no number.
    text: `WITH given AS (
        SELECT * FROM ROWS FROM (jsonb_to_recordset($2) AS (id uuid, user_name text, user_name_key text, external_id text,
          first_name text, last_name text, email text, email_key text, email_keys text[], employee_id text,
          is_active boolean, attributes jsonb, password text)) WITH ORDINALITY
      ), fresh AS (
        SELECT DISTINCT ON (user_name_key) * FROM given WHERE NOT EXISTS (
          SELECT FROM environment.people p WHERE p.environment_id = $1 AND p.user_name_key = given.user_name_key)
        ORDER BY user_name_key, ordinality
      ), number AS (
        INSERT INTO environment.person_numbers (environment_id, external_id)
        SELECT $1, id::text FROM fresh ORDER BY ordinality RETURNING dbid, external_id
      )
      INSERT INTO environment.people (id, environment_id, dbid, user_name, user_name_key, external_id, first_name,
        last_name, email, email_key, email_keys, employee_id, is_active, attributes, password, password_changed_at)
      SELECT id, $1, dbid, user_name, user_name_key, fresh.external_id, first_name, last_name, email, email_key,
        email_keys, employee_id, is_active, attributes, password, CASE WHEN password IS NULL THEN NULL ELSE now() END
      FROM fresh JOIN number ON number.external_id = fresh.id::text
      RETURNING id, dbid, version`,
    values: [environmentId, JSON.stringify(rows)],
  });
  return result.rows.map(({ id, dbid, version }) => ({ id, dbid, version: Number(version) }));
}

/** Gives the person a new version. Errors: unique_violation for a user name that is taken. */
export async function updatePerson(
  db: Queryable,
  environmentId: string,
  id: string,
  fields: PersonFields,
): Promise<void> {
  await db.query({
    name: 'person_update',
    text: `UPDATE environment.people SET user_name = $3, user_name_key = $4, external_id = $5, first_name = $6,
        last_name = $7, email = $8, email_key = $9, email_keys = $10, employee_id = $11, is_active = $12,
        attributes = $13, version = nextval('environment.versions'), updated_at = now()
      WHERE environment_id = $1 AND id = $2`,
    values: [environmentId, id, ...Object.values(columnsOf(fields))],
  });
}

/**
 * Gives when it was changed, in Unix seconds, and the contact centre of the person; null: none has the environment now. A
 * first password gets no date: Auth API renews nothing that was granted before the date, and a first one ends nothing.
 */
export async function writePassword(db: Queryable, id: string, envelope: string) {
  const { rows } = await db.query<{ changedAt: number; contactCenterId: string | null }>({
    name: 'person_password',
    text: `UPDATE environment.people p SET password = $2, password_changed_at = CASE WHEN p.password IS NOT NULL THEN now() END,
        version = nextval('environment.versions'), updated_at = now()
      WHERE id = $1 RETURNING floor(extract(epoch FROM now()))::integer AS "changedAt",
        (SELECT c.id FROM environment.contact_centers c WHERE c.environment_id = p.environment_id LIMIT 1) AS "contactCenterId"`,
    values: [id, envelope],
  });
  const [written] = rows;
  if (written === undefined) throw new Error(`person ${id} vanished inside its own transaction`);
  return written;
}

/** The number stays, so that nobody else gets it. The groups that named the person get new versions. */
export async function deletePerson(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'person_delete',
    text: `WITH left_groups AS (
        UPDATE environment.people_groups SET version = nextval('environment.versions')
        WHERE id IN (SELECT group_id FROM environment.people_group_members WHERE person_id = $1)
      )
      DELETE FROM environment.people WHERE id = $1`,
    values: [id],
  });
}

/** A person who returns is a member again. */
export async function touchGroupsOf(db: Queryable, personId: string): Promise<void> {
  await db.query(
    `UPDATE environment.people_groups SET version = nextval('environment.versions')
      WHERE id IN (SELECT group_id FROM environment.people_group_members WHERE person_id = $1)`,
    [personId],
  );
}

/** Each statement stays far below the time that one may take. */
const maxTouched = 2_000;

/** Their groups have changed: gives them new versions and returns their numbers. */
export async function touchPeople(db: Queryable, ids: readonly string[]): Promise<number[]> {
  const dbids: number[] = [];
  for (let from = 0; from < ids.length; from += maxTouched) {
    const { rows } = await db.query<{ dbid: number }>({
      name: 'people_touch',
      text: `UPDATE environment.people SET version = nextval('environment.versions')
        WHERE id = ANY ($1::uuid[]) RETURNING dbid`,
      values: [ids.slice(from, from + maxTouched)],
    });
    for (const { dbid } of rows) dbids.push(dbid);
  }
  return dbids;
}

/** In the order of the statement that updates them. */
function columnsOf(fields: PersonFields) {
  const emails = addressesOf(fields);
  const [email] = emails;
  return {
    user_name: fields.userName,
    user_name_key: nameKey(fields.userName),
    external_id: fields.externalId ?? null,
    first_name: fields.firstName ?? null,
    last_name: fields.lastName ?? null,
    email: email ?? null,
    email_key: email === undefined ? null : nameKey(email),
    email_keys: emails.map(nameKey),
    employee_id: fields.employeeId ?? null,
    is_active: fields.isActive,
    attributes: fields.attributes,
  };
}
