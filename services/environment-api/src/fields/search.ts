/** Writes SQL that searches a list whose texts stand in several tables. */
import { type Page, placeOf, type Sort } from '@gatehouse/service-kit/http';
import { binderOf, countLimit, holdsText } from '@gatehouse/service-kit/postgres';

/** Whether the SQL expression holds the text `sought`, which `part` gives in lower case where the expression is. */
export const holds = (text: string, part: string, sought: string) =>
  holdsText('environment', text, part, sought);

/**
 * Begins the statement of a page in the order of creation or by name: `$1` to `$3` are its values, and `after` leads behind the last row
 * that the caller has seen. `name`: SQL of the name. `kind`: pages whose statements are the same.
 */
export function pageBy(alias: string, name: string, sort: Sort, page: Page) {
  const last = sort !== undefined && page.after !== undefined ? placeOf(page.after) : undefined;
  const values: unknown[] = [last?.id ?? page.after ?? 0, page.limit + 1, page.offset];
  const bind = binderOf(values);
  const ordinal = `${alias}.ordinal`;
  const order: Order = {
    keys: sort === undefined ? [ordinal] : [`lower(${name})`, ordinal],
    isLast: sort === '-name',
  };
  const after =
    last === undefined
      ? `${ordinal} > $1::bigint`
      : `(${order.keys.join(', ')}) ${order.isLast ? '<' : '>'} (lower(${bind(last.name, 'text')}), $1::bigint)`;
  return { values, bind, order, after, kind: `${sort} ${last !== undefined}` };
}

/**
 * The ids of a page (`LIMIT $2 OFFSET $3`) of the rows that meet `narrowed` and any of the conditions. Each condition finds its first rows
 * by itself, as PostgreSQL thinks best: by its index, or in order where many rows meet it.
 */
export function idsOfAny(
  { table, alias }: { table: string; alias: string },
  narrowed: string,
  conditions: readonly string[],
  order: Order = { keys: [`${alias}.ordinal`], isLast: false },
): string {
  const named = order.keys.map((_key, index) => `key_${index}`);
  const keys = order.keys.map((key, index) => `${key} AS ${named[index]}`).join(', ');
  const found = conditions.map(
    (condition) => `(SELECT ${alias}.id, ${keys} FROM ${table} ${alias} WHERE ${narrowed} AND ${condition}
      ORDER BY ${orderBy(order)} LIMIT $2::bigint + $3::bigint)`,
  );
  const whole = orderBy({ ...order, keys: named });
  return `SELECT id FROM (${found.join(' UNION ')}) AS found ORDER BY ${whole} LIMIT $2 OFFSET $3`;
}

/** A row for each that meets `narrowed` and, where they are given, any of the conditions: to be counted. */
export function rowsOfAny(
  { table, alias }: { table: string; alias: string },
  narrowed: readonly string[],
  conditions: readonly string[] | undefined,
): string {
  const rows = (all: readonly string[]) =>
    `SELECT ${alias}.id FROM ${table} ${alias} WHERE ${all.join(' AND ') || 'true'}`;
  if (conditions === undefined) return rows(narrowed);
  const found = conditions.map((condition) => `(${rows([...narrowed, condition])} LIMIT ${countLimit})`);
  return `SELECT id FROM (${found.join(' UNION ')}) AS any_of`;
}

/** SQL expressions; `isLast`: the last row is the first one. */
interface Order {
  keys: readonly string[];
  isLast: boolean;
}

export const orderBy = ({ keys, isLast }: Order): string =>
  keys.map((key) => (isLast ? `${key} DESC` : key)).join(', ');
