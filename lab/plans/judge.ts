/**
 * Decides which plans read more than they should: all rows of a table that grows, many of them by an index without a condition, or
 * rows that are then thrown away.
 */
import type pg from 'pg';
import type { PlanNode } from './explain.ts';
import { boundedTables, wholeReads } from './known.ts';
import type { Statement } from './statement.ts';

/** Fewer than any table that grows has in the seed. */
const fewRows = 3000;

/** Tables with many rows. @throws Error for a table that is neither seeded nor known to stay small */
export async function readGrowingTables(database: pg.Client): Promise<Set<string>> {
  const { rows } = await database.query<{ name: string; rows: number }>(
    `SELECT nspname || '.' || relname AS name, reltuples::float8 AS rows FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relkind = 'r' AND nspname IN ('auth', 'environment') ORDER BY 1`,
  );
  const unknown = rows.filter((table) => table.rows < fewRows && !(table.name in boundedTables));
  if (unknown.length > 0)
    throw new Error(
      `${unknown.map(({ name }) => name).join(', ')}: fill it in lab/plans/seed.ts, or say in known.ts why it stays small`,
    );
  return new Set(rows.filter((table) => table.rows >= fewRows).map(({ name }) => name));
}

export function complaintsAbout(
  statement: Statement,
  plans: readonly PlanNode[],
  growing: ReadonlySet<string>,
) {
  const [path = ''] = statement.at.split(':');
  const { text } = statement;
  if (
    wholeReads.some((known) => known.path === path && text.includes(known.text) && !known.unless?.test(text))
  )
    return [];
  return [...new Set(plans.flatMap((plan) => complaintsOf(plan, growing)))];
}

function complaintsOf(node: PlanNode, growing: ReadonlySet<string>): string[] {
  const table = `${node.Schema}.${node['Relation Name']}`;
  const found = growing.has(table) ? complaintsAboutReads(node, table) : [];
  return [...found, ...(node.Plans ?? []).flatMap((inner) => complaintsOf(inner, growing))];
}

function complaintsAboutReads(node: PlanNode, table: string): string[] {
  const type = node['Node Type'];
  const loops = node['Actual Loops'] ?? 1;
  const removed = (node['Rows Removed by Filter'] ?? 0) * loops;
  const read = (node['Actual Rows'] ?? 0) * loops + removed;
  if (type.includes('Seq Scan')) return [`reads all of ${table}`];
  if (removed >= fewRows) return [`${type} of ${table} reads rows in order to throw them away`];
  // An index alone does not make a read small: without a condition it begins at an end of the table.
  if (type.startsWith('Index') && !('Index Cond' in node) && read >= fewRows)
    return [`${type} of ${table} reads it in the order of an index, without a condition`];
  return [];
}

/** How a plan reads each table, such as `Index Scan of auth.clients`. */
export function readsOf(node: PlanNode): string[] {
  const own =
    node['Relation Name'] === undefined || !node['Node Type'].includes('Scan')
      ? []
      : [`${node['Node Type']} of ${node.Schema}.${node['Relation Name']}`];
  return [...own, ...(node.Plans ?? []).flatMap(readsOf)];
}
