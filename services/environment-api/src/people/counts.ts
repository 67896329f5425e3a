/** Counts the people of an environment: all, once for each newest change, and those who can sign in. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { LRUCache } from 'lru-cache';
import { countPeople } from './store.ts';

const maxEnvironments = 1_000;
/** A restored database may have the same number of changes and other people. */
const keptMs = 60_000;

/** Every list of SCIM says how many people there are (RFC 7644 section 3.4.2). */
export function createPeopleCounts({
  db,
  changeLog,
}: {
  db: Queryable;
  changeLog: Pick<ChangeLog, 'latest'>;
}) {
  const kept = new LRUCache<string, { change: number; count: number }>({ max: maxEnvironments, ttl: keptMs });
  return async (environmentId: string): Promise<number> => {
    // Before it is counted: what is written meanwhile has a higher number, and the next list counts anew.
    const change = await changeLog.latest();
    const known = kept.get(environmentId);
    if (known?.change === change) return known.count;
    const counted = await countPeople(db, environmentId, { text: 'true', values: [] });
    kept.set(environmentId, { change, count: counted });
    return counted;
  };
}

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
