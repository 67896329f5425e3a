/** Stores the lists of contact centres in PostgreSQL: who has which right there, and whether administrators change it. */
import type { ContactCenterRight } from '@gatehouse/contracts/values';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface Appointee {
  sub: string;
  name: string;
  rights: ContactCenterRight[];
  way: string;
  note: string | null;
  addedBy: string;
  addedAt: Date;
}

const columns = `sub, name, coalesce(rights, ARRAY["right"]) AS rights, way, note, added_by AS "addedBy", added_at AS "addedAt"`;

export async function listAppointees(db: Queryable, contactCenterId: string): Promise<Appointee[]> {
  const { rows } = await db.query<Appointee>(
    `SELECT ${columns} FROM auth.contact_center_administrators WHERE contact_center_id = $1 ORDER BY added_at, sub`,
    [contactCenterId],
  );
  return rows;
}

/** The same, while nobody else changes who is an administrator. */
export async function lockAppointees(db: Queryable, contactCenterId: string): Promise<Appointee[]> {
  await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `appointments ${contactCenterId}`,
  ]);
  return listAppointees(db, contactCenterId);
}

/** False if the person is on the list. */
export async function insertAppointee(
  db: Queryable,
  contactCenterId: string,
  { sub, name, rights, way, note, addedBy, addedAt }: Appointee,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO auth.contact_center_administrators
        (contact_center_id, sub, name, "right", rights, way, note, added_by, added_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    // A replica from before the column reads the first alone.
    [contactCenterId, sub, name, rights[0], rights, way, note, addedBy, addedAt],
  );
  return rowCount === 1;
}

/** Without `sub`: all of the contact centre. Gives the removed entries. */
export async function deleteAppointees(
  db: Queryable,
  contactCenterId: string,
  sub?: string,
): Promise<Appointee[]> {
  const { rows } = await db.query<Appointee>(
    `DELETE FROM auth.contact_center_administrators
      WHERE contact_center_id = $1 AND ($2::text IS NULL OR sub = $2) RETURNING ${columns}`,
    [contactCenterId, sub ?? null],
  );
  return rows;
}

export async function deleteAppointing(db: Queryable, contactCenterId: string): Promise<void> {
  await db.query('DELETE FROM auth.contact_center_appointing WHERE contact_center_id = $1', [
    contactCenterId,
  ]);
}

export async function readAppointing(db: Queryable, contactCenterId: string): Promise<boolean> {
  const { rows } = await db.query<{ appoint: boolean }>(
    'SELECT administrators_appoint AS appoint FROM auth.contact_center_appointing WHERE contact_center_id = $1',
    [contactCenterId],
  );
  return rows[0]?.appoint === true;
}

/** False if it is so already. */
export async function writeAppointing(
  db: Queryable,
  contactCenterId: string,
  isAllowed: boolean,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO auth.contact_center_appointing AS present (contact_center_id, administrators_appoint) VALUES ($1, $2)
      ON CONFLICT (contact_center_id) DO UPDATE SET administrators_appoint = $2
        WHERE present.administrators_appoint <> $2`,
    [contactCenterId, isAllowed],
  );
  return rowCount === 1;
}
