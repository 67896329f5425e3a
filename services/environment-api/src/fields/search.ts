/** Writes SQL that searches a list whose texts stand in several tables. */
import { holdsText } from '@gatehouse/service-kit/postgres';

/** Whether the SQL expression holds the text `sought`, which `part` gives in lower case where the expression is. */
export const holds = (text: string, part: string, sought: string) =>
  holdsText('environment', text, part, sought);

/**
 * The ids of a page (`LIMIT $2 OFFSET $3`) of the rows that meet `narrowed` and any of the conditions. Each condition finds its first rows
 * by itself, as PostgreSQL thinks best: by its index, or in order where many rows meet it.
 */
export function idsOfAny(
  { table, alias }: { table: string; alias: string },
  narrowed: string,
  conditions: readonly string[],
): string {
  const found = conditions.map(
    (
      condition,
    ) => `(SELECT ${alias}.id, ${alias}.ordinal FROM ${table} ${alias} WHERE ${narrowed} AND ${condition}
      ORDER BY ${alias}.ordinal LIMIT $2::bigint + $3::bigint)`,
  );
  return `SELECT id FROM (${found.join(' UNION ')}) AS found ORDER BY ordinal LIMIT $2 OFFSET $3`;
}
