/** Stores groups of people in `people_groups`, and who is in them in `people_group_members`. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { nameKey } from './name-key.ts';
import type { Group, GroupFields } from './person.ts';
import type { Condition } from './store.ts';

export interface Member {
  groupId: string;
  id: string;
  userName: string;
}

interface Row {
  group: Group;
}

const json = `json_strip_nulls(json_build_object(
    'id', g.id, 'version', g.version, 'name', g.name, 'externalId', g.external_id,
    'createdAt', ${isoTime('g.created_at')}, 'updatedAt', ${isoTime('g.updated_at')},
    'memberCount', (SELECT count(*) FROM environment.people_group_members m WHERE m.group_id = g.id)
  ))`;
const select = `SELECT ${json} AS "group" FROM environment.people_groups g`;

export async function readGroup(db: Queryable, environmentId: string, id: string) {
  const { rows } = await db.query<Row>({
    name: 'people_group_by_id',
    text: `${select} WHERE g.environment_id = $1 AND g.id = $2`,
    values: [environmentId, id],
  });
  return rows[0]?.group;
}

/** Reads it and locks it until the transaction ends. */
export async function lockGroup(db: Queryable, environmentId: string, id: string) {
  const { rowCount } = await db.query({
    name: 'people_group_lock',
    text: 'SELECT FROM environment.people_groups WHERE environment_id = $1 AND id = $2 FOR UPDATE',
    values: [environmentId, id],
  });
  return rowCount === 0 ? undefined : readGroup(db, environmentId, id);
}

export async function listGroups(
  db: Queryable,
  environmentId: string,
  condition: Condition,
  page: { offset: number; limit: number },
): Promise<Group[]> {
  const { rows } = await db.query<Row>(
    `${select} WHERE g.environment_id = $1 AND ${condition.text}
      ORDER BY g.ordinal LIMIT ${page.limit} OFFSET ${page.offset}`,
    [environmentId, ...condition.values],
  );
  return rows.map((row) => row.group);
}

export async function countGroups(db: Queryable, environmentId: string, condition: Condition) {
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM environment.people_groups g WHERE g.environment_id = $1 AND ${condition.text}`,
    [environmentId, ...condition.values],
  );
  return Number(rows[0]?.count);
}

/** Undefined when the name is taken. */
export async function insertGroup(
  db: Queryable,
  environmentId: string,
  id: string,
  { name, externalId }: GroupFields,
): Promise<number | undefined> {
  const { rows } = await db.query<{ version: string }>({
    name: 'people_group_insert',
    text: `INSERT INTO environment.people_groups (id, environment_id, name, name_key, external_id)
      VALUES ($2, $1, $3, $4, $5) ON CONFLICT (environment_id, name_key) DO NOTHING RETURNING version`,
    values: [environmentId, id, name, nameKey(name), externalId ?? null],
  });
  return rows[0] && Number(rows[0].version);
}

/** Gives the group a new version. Errors: unique_violation for a name that is taken. */
export async function updateGroup(db: Queryable, id: string, { name, externalId }: GroupFields) {
  await db.query({
    name: 'people_group_update',
    text: `UPDATE environment.people_groups SET name = $2, name_key = $3, external_id = $4,
        version = nextval('environment.versions'), updated_at = now() WHERE id = $1`,
    values: [id, name, nameKey(name), externalId ?? null],
  });
}

/** Its members have changed: gives it a new version. */
export async function touchGroup(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'people_group_touch',
    text: "UPDATE environment.people_groups SET version = nextval('environment.versions') WHERE id = $1",
    values: [id],
  });
}

/** The group of this name with a new version; made where there is none. */
export async function groupNamed(db: Queryable, environmentId: string, name: string) {
  const id = randomUuid();
  const { rows } = await db.query<{ id: string }>({
    name: 'people_group_named',
    text: `INSERT INTO environment.people_groups AS g (id, environment_id, name, name_key) VALUES ($2, $1, $3, $4)
      ON CONFLICT (environment_id, name_key) DO UPDATE SET version = nextval('environment.versions') RETURNING g.id`,
    values: [environmentId, id, name, nameKey(name)],
  });
  const found = rows[0]?.id ?? id;
  return { id: found, isNew: found === id };
}

export async function deleteGroup(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM environment.people_groups WHERE id = $1', [id]);
}

export async function listMembers(db: Queryable, groupIds: readonly string[]): Promise<Member[]> {
  const { rows } = await db.query<Member>({
    name: 'people_group_members_of',
    text: `SELECT m.group_id AS "groupId", p.id, p.user_name AS "userName"
      FROM environment.people_group_members m JOIN environment.people p ON p.id = m.person_id
      WHERE m.group_id = ANY ($1::uuid[]) ORDER BY p.dbid`,
    values: [groupIds],
  });
  return rows;
}

export async function memberIds(db: Queryable, groupId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'SELECT person_id AS id FROM environment.people_group_members WHERE group_id = $1',
    [groupId],
  );
  return rows.map((row) => row.id);
}

/** Returns the people who were not in it before, and how many of the ids are people of the environment. */
export async function addMembers(
  db: Queryable,
  environmentId: string,
  groupId: string,
  ids: readonly string[],
  /** The issuer that gives the group. */
  provider?: string,
): Promise<{ added: string[]; known: number }> {
  const { rows } = await db.query<{ added: string[]; known: string }>({
    name: 'people_group_members_add',
    // The lock makes whoever deletes one of them wait, or be waited for.
    text: `WITH known AS (
        SELECT id FROM environment.people WHERE environment_id = $1 AND id = ANY ($3::uuid[]) FOR KEY SHARE
      ), added AS (
        INSERT INTO environment.people_group_members (group_id, person_id, provider) SELECT $2, id, $4 FROM known
        ON CONFLICT DO NOTHING RETURNING person_id
      )
      SELECT ARRAY(SELECT person_id FROM added) AS added, (SELECT count(*) FROM known) AS known`,
    values: [environmentId, groupId, ids, provider ?? null],
  });
  return { added: rows[0]?.added ?? [], known: Number(rows[0]?.known) };
}

/** Returns those who were in it. */
export async function removeMembers(
  db: Queryable,
  groupId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'people_group_members_remove',
    text: `DELETE FROM environment.people_group_members WHERE group_id = $1 AND person_id = ANY ($2::uuid[])
      RETURNING person_id AS id`,
    values: [groupId, ids],
  });
  return rows.map((row) => row.id);
}

/** Removes everybody else; returns those who were in it. */
export async function keepMembers(db: Queryable, groupId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'people_group_members_keep',
    text: `DELETE FROM environment.people_group_members m WHERE group_id = $1
        AND NOT EXISTS (SELECT FROM unnest($2::uuid[]) AS kept (id) WHERE kept.id = m.person_id)
      RETURNING person_id AS id`,
    values: [groupId, ids],
  });
  return rows.map((row) => row.id);
}
