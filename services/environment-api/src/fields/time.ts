/** Times as they are answered: ISO 8601, UTC, milliseconds. */

/** SQL expression for a timestamptz column. */
export function isoTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
