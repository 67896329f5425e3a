/** Reads the setting `cors-origins` of all contact centres, and the global one. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

export interface CorsValue {
  contactCenterId: string;
  location: string;
  value: string;
}

export async function listGlobalCorsValues(db: Queryable): Promise<{ value: string }[]> {
  const { rows } = await db.query<{ value: string }>({
    name: 'cors_global_values',
    text: `SELECT value FROM environment.global_settings WHERE name = 'cors-origins'`,
  });
  return rows;
}

/** Of these contact centres; undefined: of all. */
export async function listCorsValues(db: Queryable, contactCenterIds: readonly string[] | undefined) {
  const { rows } = await db.query<CorsValue>({
    name: 'cors_values',
    text: `SELECT contact_center_id AS "contactCenterId", location::text, value FROM environment.settings
      WHERE name = 'cors-origins' AND ($1::uuid[] IS NULL OR contact_center_id = ANY ($1))
      ORDER BY contact_center_id, location`,
    values: [contactCenterIds ?? null],
  });
  return rows;
}
