/** Stores the installation administrators in PostgreSQL. */
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface StoredAdministrator {
  sub: string;
  name: string;
  /** Null in an entry of a release that asked for neither place nor way: it gives no right. */
  contactCenterId: string | null;
  /** The way of sign-in that counts. Null as above. */
  way: string | null;
  note: string | null;
  addedBy: string;
  addedAt: Date;
}

const columns =
  'sub, name, contact_center_id AS "contactCenterId", way, note, added_by AS "addedBy", added_at AS "addedAt"';

export async function listAdministrators(db: Queryable): Promise<StoredAdministrator[]> {
  const { rows } = await db.query<StoredAdministrator>(
    `SELECT ${columns} FROM auth.installation_administrators ORDER BY added_at, sub`,
  );
  return rows;
}

/** The entry of the person, and nobody else changes it meanwhile. */
export async function lockAdministrator(
  db: Queryable,
  sub: string,
): Promise<StoredAdministrator | undefined> {
  const { rows } = await db.query<StoredAdministrator>(
    `SELECT ${columns} FROM auth.installation_administrators WHERE sub = $1 FOR UPDATE`,
    [sub],
  );
  return rows[0];
}

/** Adds an entry, or fills one without contact centre or way. False if the person has a whole one. */
export async function insertAdministrator(db: Queryable, added: StoredAdministrator): Promise<boolean> {
  const { rowCount } = await db.query(
    `${upsert} WHERE listed.contact_center_id IS NULL OR listed.way IS NULL`,
    valuesOf(added),
  );
  return rowCount === 1;
}

/** Whatever entry the person has. */
export async function saveAdministrator(db: Queryable, entry: StoredAdministrator): Promise<void> {
  await db.query(upsert, valuesOf(entry));
}

const upsert = `INSERT INTO auth.installation_administrators AS listed (sub, name, contact_center_id, way, note, added_by, added_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (sub) DO UPDATE SET name = $2, contact_center_id = $3, way = $4, note = $5, added_by = $6, added_at = $7`;

const valuesOf = ({ sub, name, contactCenterId, way, note, addedBy, addedAt }: StoredAdministrator) => [
  ...[sub, name, contactCenterId, way, note, addedBy, addedAt],
];

/** Deletes the entries that a contact centre has in the list. Gives the removed rows. */
export async function deleteAdministratorsAt(
  db: Queryable,
  contactCenterId: string,
): Promise<StoredAdministrator[]> {
  const { rows } = await db.query<StoredAdministrator>(
    `DELETE FROM auth.installation_administrators WHERE contact_center_id = $1 RETURNING ${columns}`,
    [contactCenterId],
  );
  return rows;
}

/** The removed row; undefined if there was none. */
export async function deleteAdministrator(
  db: Queryable,
  sub: string,
): Promise<StoredAdministrator | undefined> {
  const { rows } = await db.query<StoredAdministrator>(
    `DELETE FROM auth.installation_administrators WHERE sub = $1 RETURNING ${columns}`,
    [sub],
  );
  return rows[0];
}
