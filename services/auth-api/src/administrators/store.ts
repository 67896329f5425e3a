/** Stores the installation administrators in PostgreSQL. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

export interface StoredAdministrator {
  sub: string;
  name: string;
  note: string | null;
  addedBy: string;
  addedAt: Date;
}

const columns = 'sub, name, note, added_by AS "addedBy", added_at AS "addedAt"';

export async function listAdministrators(db: Queryable): Promise<StoredAdministrator[]> {
  const { rows } = await db.query<StoredAdministrator>(
    `SELECT ${columns} FROM auth.installation_administrators ORDER BY added_at, sub`,
  );
  return rows;
}

/** False if the person is on the list. */
export async function insertAdministrator(db: Queryable, added: StoredAdministrator): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO auth.installation_administrators (sub, name, note, added_by, added_at)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sub) DO NOTHING`,
    [added.sub, added.name, added.note, added.addedBy, added.addedAt],
  );
  return rowCount === 1;
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
