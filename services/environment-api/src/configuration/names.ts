/** Keeps the unique names of contact centres, by which documents refer to them. */
import type { Queryable } from '@gatehouse/service-kit/postgres';

/** Nobody has named these yet: the first tenant name belongs to one of them alone. */
const unnamed = `SELECT c.id, CASE WHEN d.domain IS NULL THEN c.id::text
    WHEN EXISTS (SELECT FROM environment.contact_center_names n WHERE n.name_key = lower(d.domain))
      THEN left(d.domain, 200) || ' (' || c.id || ')' ELSE d.domain END AS name
  FROM environment.contact_centers c
  LEFT JOIN environment.contact_center_domains d ON d.contact_center_id = c.id AND d.position = 0
  WHERE NOT EXISTS (SELECT FROM environment.contact_center_names n WHERE n.contact_center_id = c.id)`;

/** By id, of all contact centres. */
export async function readCenterNames(db: Queryable): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; name: string }>(
    `SELECT contact_center_id AS id, name FROM environment.contact_center_names UNION ALL ${unnamed}`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** From now on a contact centre keeps its name when its tenant names change. */
export async function nameCenters(db: Queryable): Promise<void> {
  await db.query(
    `INSERT INTO environment.contact_center_names (contact_center_id, name, name_key)
      SELECT id, name, lower(name) FROM (${unnamed}) AS given ON CONFLICT DO NOTHING`,
  );
}

export async function nameCenter(db: Queryable, id: string, name: string): Promise<void> {
  await db.query(
    `INSERT INTO environment.contact_center_names (contact_center_id, name, name_key) VALUES ($1, $2::text, lower($2::text))
      ON CONFLICT (contact_center_id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key`,
    [id, name],
  );
}

/** Takes names from contact centres that will have others. */
export async function freeCenterNames(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query('DELETE FROM environment.contact_center_names WHERE contact_center_id = ANY ($1::uuid[])', [
    ids,
  ]);
}
