/** Prints moments of PostgreSQL as the APIs show them. */

/** SQL expression that prints a timestamptz column in ISO 8601, UTC, with milliseconds. */
export function isoTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
