/** Stores contact centres in the tables `contact_centers` and `contact_center_domains`. */

import {
  type Directory,
  domainKey,
  type EnvironmentContactCenters,
  isStricter,
  noSecondFactor,
} from '@gatehouse/contracts/environment-api';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type ContactCenter, type ContactCenterFields, contactCenterJson } from './contact-center.ts';

/** The contact centre that already has a wanted domain. */
export interface DomainTaken {
  domain: string;
  contactCenterId: string;
}

/** Of `select`. */
export interface Row {
  center: ContactCenter;
}

export const select = `SELECT ${contactCenterJson} AS center FROM environment.contact_centers c`;

export async function readContactCenter(db: Queryable, id: string): Promise<ContactCenter | undefined> {
  const { rows } = await db.query<Row>({
    name: 'contact_center_by_id',
    text: `${select} WHERE c.id = $1`,
    values: [id],
  });
  return rows[0]?.center;
}

/** Reads it and locks it until the transaction ends. */
export async function lockContactCenter(db: Queryable, id: string): Promise<ContactCenter | undefined> {
  // Locks first, reads after: a writer that had to wait must see what the other one wrote, domains included.
  const { rowCount } = await db.query({
    name: 'contact_center_lock',
    text: 'SELECT 1 FROM environment.contact_centers WHERE id = $1 FOR UPDATE',
    values: [id],
  });
  return rowCount === 0 ? undefined : readContactCenter(db, id);
}

/** The contact centres of an environment, oldest first. */
export async function listOfEnvironment(db: Queryable, environmentId: string) {
  const { rows } = await db.query<EnvironmentContactCenters[number]>({
    name: 'contact_centers_of_environment',
    text: `SELECT id, subject_scope AS "subjectScope", subjects_were_shared AS "subjectsWereShared"
      FROM environment.contact_centers WHERE environment_id = $1 ORDER BY ordinal`,
    values: [environmentId],
  });
  return rows;
}

/** Undefined when the environment does not exist; otherwise it cannot be deleted until the transaction ends. */
export async function holdEnvironment(db: Queryable, environmentId: string): Promise<Directory | undefined> {
  const { rows } = await db.query<{ directory: Directory }>(
    'SELECT directory FROM environment.environments WHERE id = $1 FOR KEY SHARE',
    [environmentId],
  );
  return rows[0]?.directory;
}

/** The contact centre that uses the environment; others that want to are kept waiting until the transaction ends. */
export async function onlyContactCenter(db: Queryable, environmentId: string): Promise<string | undefined> {
  // Locks first, reads after: a writer that had to wait must see what the other one wrote.
  await db.query('SELECT 1 FROM environment.environments WHERE id = $1 FOR NO KEY UPDATE', [environmentId]);
  const { rows } = await db.query<{ id: string }>(
    'SELECT id FROM environment.contact_centers WHERE environment_id = $1 LIMIT 1',
    [environmentId],
  );
  return rows[0]?.id;
}

function columnsOf(fields: ContactCenterFields): unknown[] {
  const { environmentId, name, auth, status, membership, subjectScope, secondFactor } = fields;
  return [environmentId, name, auth, status, membership, subjectScope, secondFactor];
}

/** False when the id is taken. */
export async function insertContactCenter(
  db: Queryable,
  id: string,
  fields: ContactCenterFields,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'contact_center_insert',
    text: `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status, membership, subject_scope,
        second_factor, second_factor_raised_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9::boolean THEN now() END) ON CONFLICT (id) DO NOTHING`,
    // The time of grace of its people begins with it.
    values: [id, ...columnsOf(fields), isStricter(noSecondFactor, fields.secondFactor)],
  });
  return rowCount === 1;
}

/** Gives it a new version; its domains stay as they are. Call it under the lock. */
export async function updateContactCenter(
  db: Queryable,
  id: string,
  fields: ContactCenterFields,
  { raisesSecondFactor }: { raisesSecondFactor: boolean },
): Promise<void> {
  await db.query({
    name: 'contact_center_update',
    text: `UPDATE environment.contact_centers SET environment_id = $2, name = $3, auth = $4, status = $5, membership = $6,
        subject_scope = $7, second_factor = $8,
        second_factor_raised_at = CASE WHEN $9::boolean THEN now() ELSE second_factor_raised_at END, version = nextval('environment.versions'), updated_at = now()
      WHERE id = $1`,
    values: [id, ...columnsOf(fields), raisesSecondFactor],
  });
}

/** Before one of the contact centres of an environment leaves the others with their subjects. */
export async function recordSharedSubjects(db: Queryable, environmentId: string): Promise<void> {
  await db.query({
    name: 'contact_centers_note_shared_subjects',
    text: `UPDATE environment.contact_centers AS one SET subjects_were_shared = true
      WHERE environment_id = $1 AND subject_scope = 'environment' AND NOT subjects_were_shared AND EXISTS (
        SELECT 1 FROM environment.contact_centers AS other
          WHERE other.environment_id = $1 AND other.id <> one.id AND other.subject_scope = 'environment')`,
    values: [environmentId],
  });
}

export async function noteSharedSubjects(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE environment.contact_centers SET subjects_were_shared = true WHERE id = $1', [id]);
}

/** The facts that no answer has. */
export async function readHidden(db: Queryable, id: string) {
  const { rows } = await db.query<{ hasSecrets: boolean; subjectsWereShared: boolean }>(
    `SELECT c.subjects_were_shared AS "subjectsWereShared", EXISTS (
        SELECT FROM environment.single_sign_on s WHERE s.contact_center_id = c.id AND s.secret IS NOT NULL) AS "hasSecrets"
      FROM environment.contact_centers c WHERE c.id = $1`,
    [id],
  );
  const [hidden] = rows;
  if (hidden === undefined) throw new Error(`contact centre ${id} vanished under its own lock`);
  return hidden;
}

/** Replaces its domains. Returns the first one that another contact centre has; the caller must then roll back. */
export async function replaceDomains(
  db: Queryable,
  id: string,
  domains: readonly string[],
): Promise<DomainTaken | undefined> {
  await db.query('DELETE FROM environment.contact_center_domains WHERE contact_center_id = $1', [id]);
  const entries = domains.map((domain, position) => ({ domain, position, key: domainKey(domain) }));
  // All writers insert in one order, so that two of them cannot deadlock on the same names.
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  const { rowCount } = await db.query({
    name: 'contact_center_domains_insert',
    text: `INSERT INTO environment.contact_center_domains (domain_key, domain, contact_center_id, position)
      SELECT * FROM unnest($2::text[], $3::text[], array_fill($1::uuid, ARRAY[cardinality($2)]), $4::integer[])
      ON CONFLICT (domain_key) DO NOTHING`,
    values: [
      id,
      entries.map(({ key }) => key),
      entries.map(({ domain }) => domain),
      entries.map((e) => e.position),
    ],
  });
  if (rowCount === entries.length) return undefined;
  const { rows } = await db.query<{ domain: string; contact_center_id: string }>(
    `SELECT domain, contact_center_id FROM environment.contact_center_domains
      WHERE domain_key = ANY ($2::text[]) AND contact_center_id <> $1 ORDER BY domain_key LIMIT 1`,
    [id, entries.map(({ key }) => key)],
  );
  const taken = rows[0];
  return taken ? { domain: taken.domain, contactCenterId: taken.contact_center_id } : undefined;
}

export async function hasSetting(db: Queryable, id: string, name: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT 1 FROM environment.settings WHERE contact_center_id = $1 AND name = $2 LIMIT 1',
    [id, name],
  );
  return rowCount === 1;
}

export async function deleteContactCenter(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM environment.contact_centers WHERE id = $1', [id]);
}
