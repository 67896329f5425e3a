/** Counts the people of an environment's store, and those of them who can sign in. */
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface HeadCount {
  people: number;
  active: number;
  /** Active people who have a password. */
  withPassword: number;
}

export async function readHeadCount(db: Queryable, environmentId: string): Promise<HeadCount> {
  const { rows } = await db.query<HeadCount>(
    `SELECT count(*)::float8 AS people, (count(*) FILTER (WHERE is_active))::float8 AS active,
        (count(*) FILTER (WHERE is_active AND password IS NOT NULL))::float8 AS "withPassword"
      FROM environment.people WHERE environment_id = $1`,
    [environmentId],
  );
  const [count] = rows;
  if (count === undefined) throw new Error('an aggregate gave no row');
  return count;
}
