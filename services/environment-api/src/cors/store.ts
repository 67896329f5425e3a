/** Reads the setting `cors-origins` of all contact centres, and the global one. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { corsSetting } from '../fields/cors-origins.ts';

export interface CorsValue {
  contactCenterId: string;
  location: string;
  value: string;
}

interface AllCorsValues {
  /** Number of the newest change. */
  change: number;
  global: string[];
  own: CorsValue[];
}

/** In one statement, so that the number is that of what was read and each reader waits for one round trip. */
export async function readAllCorsValues(db: Queryable): Promise<AllCorsValues> {
  const { rows } = await db.query<AllCorsValues>({
    name: 'cors_all_values',
    text: `SELECT
      (SELECT coalesce(max(seq), 0)::float8 FROM environment.changes) AS change,
      (SELECT coalesce(json_agg(value), '[]') FROM environment.global_settings WHERE name = '${corsSetting}') AS global,
      (SELECT coalesce(json_agg(
          json_build_object('contactCenterId', contact_center_id, 'location', location, 'value', value)
          ORDER BY contact_center_id, location), '[]')
        FROM environment.settings WHERE name = '${corsSetting}') AS own`,
  });
  if (!rows[0]) throw new Error('a SELECT without FROM gave no row');
  return rows[0];
}

/** Of these contact centres; undefined: of all. */
export async function listCorsValues(db: Queryable, contactCenterIds: readonly string[] | undefined) {
  const { rows } = await db.query<CorsValue>({
    name: 'cors_values',
    text: `SELECT contact_center_id AS "contactCenterId", location::text, value FROM environment.settings
      WHERE name = '${corsSetting}' AND ($1::uuid[] IS NULL OR contact_center_id = ANY ($1))
      ORDER BY contact_center_id, location`,
    values: [contactCenterIds ?? null],
  });
  return rows;
}
