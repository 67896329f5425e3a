/** Reads locations of Configuration Servers, and stores declared ones in the table `declared_locations`. */
import type { LocationInUse } from '@gatehouse/contracts/environment-administration';
import type { Queryable } from '@gatehouse/service-kit/postgres';

/** Whether the location, or one below it, is in use. */
export async function isLocationInUse(db: Queryable, location: string): Promise<boolean> {
  // "0" follows "/" in collation C: what begins with `location/` stands between them. The first of these is asked for, because PostgreSQL
  // expects to meet one soon and would read every row where there is none.
  const isIn = (table: string) => `EXISTS (SELECT FROM ${table} WHERE location = $1)
      OR (SELECT min(location) FROM ${table} WHERE location >= $1 || '/') < $1 || '0'`;
  const { rows } = await db.query<{ used: boolean }>({
    name: 'location_in_use',
    text: `SELECT ${isIn('environment.config_server_locations')} OR ${isIn('environment.declared_locations')} AS used`,
    values: [location],
  });
  return rows[0]?.used === true;
}

/** In alphabetical order, at most `limit`. */
export async function listLocations(db: Queryable, limit: number): Promise<LocationInUse[]> {
  const { rows } = await db.query<LocationInUse>({
    name: 'location_list',
    text: `SELECT location::text, bool_or(declared) AS declared FROM (
        SELECT DISTINCT location, false AS declared FROM environment.config_server_locations
        UNION ALL SELECT location, true FROM environment.declared_locations
      ) AS used GROUP BY location ORDER BY location LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** False when it was declared before. */
export async function declareLocation(db: Queryable, location: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'INSERT INTO environment.declared_locations (location) VALUES ($1) ON CONFLICT DO NOTHING',
    [location],
  );
  return rowCount === 1;
}

/** False when it was not declared. */
export async function withdrawLocation(db: Queryable, location: string): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM environment.declared_locations WHERE location = $1', [
    location,
  ]);
  return rowCount === 1;
}
