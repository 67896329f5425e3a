/** SQL expression that reads settings as one JSON list, by name and location. Rows as a whole are written twice as fast as objects that are built. */
export function settingsJson(fromWhere: string): string {
  return `(SELECT coalesce(json_agg(s), '[]'::json) FROM (
    SELECT name, value, location, shared FROM ${fromWhere} ORDER BY name COLLATE "C", location
  ) AS s)`;
}
