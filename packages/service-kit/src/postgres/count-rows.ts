/** Counts the rows of a list up to a bound, so that a count costs no more in a large installation. */
import type { Total } from '@gatehouse/contracts/answers';
import type { Queryable } from './pool.ts';

const maxCounted = 10_000;
/** A count reads no further. */
export const countLimit = maxCounted + 1;

/** `select` has a row for each of the list. */
export async function countRows(db: Queryable, select: string, values: readonly unknown[]): Promise<Total> {
  // Without a name: planned anew each time, by how much its filters will find.
  const { rows } = await db.query<{ counted: number }>(
    `SELECT count(*)::int AS counted FROM (${select} LIMIT ${countLimit}) AS found`,
    [...values],
  );
  const counted = rows[0]?.counted ?? 0;
  return counted > maxCounted ? { totalAtLeast: counted } : { total: counted };
}
