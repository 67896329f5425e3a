/** Reads locations of Configuration Servers, and stores declared ones in the table `declared_locations`. */
import type { LocationInUse } from '@gatehouse/contracts/environment-api/administration/locations';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

/** Whether the location, or one below it, is in use. */
export async function isLocationInUse(db: Queryable, location: string): Promise<boolean> {
  // "0" follows "/" in collation C: the range holds what begins with `location/`.
  const matches = "(location = $1 OR (location >= $1 || '/' AND location < $1 || '0'))";
  const { rows } = await db.query<{ used: boolean }>({
    name: 'location_in_use',
    text: `SELECT EXISTS (SELECT 1 FROM environment.config_server_locations WHERE ${matches})
      OR EXISTS (SELECT 1 FROM environment.declared_locations WHERE ${matches}) AS used`,
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
