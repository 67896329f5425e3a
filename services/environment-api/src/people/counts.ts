/** Counts the people of an environment once for each newest change: every list says how many there are (RFC 7644 section 3.4.2). */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { LRUCache } from 'lru-cache';
import { countPeople } from './store.ts';

const maxEnvironments = 1_000;
/** A restored database may have the same number of changes and other people. */
const keptMs = 60_000;

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
