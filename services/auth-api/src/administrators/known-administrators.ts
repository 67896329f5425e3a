/** Keeps the subs of the installation administrators in memory. While they cannot be read, no person counts as one. */
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { listAdministrators } from './store.ts';

/** An announcement may be lost, and in a region that copies the database none is made. */
const maxAgeMs = 500;

export type KnownAdministrators = ReturnType<typeof createKnownAdministrators>;

export function createKnownAdministrators({
  db,
  log,
  monotonicMs = () => performance.now(),
}: {
  db: Queryable;
  log: Logger;
  /** Measures the age: the wall clock may jump. */
  monotonicMs?: (() => number) | undefined;
}) {
  let known: { subs: Promise<ReadonlySet<string>>; readAtMs: number } | undefined;

  /** Requests that come while the list is read wait for the same answer. */
  function current(): Promise<ReadonlySet<string>> {
    const readAtMs = monotonicMs();
    if (known !== undefined && readAtMs - known.readAtMs < maxAgeMs) return known.subs;
    const subs = listAdministrators(db).then((rows) => new Set(rows.map(({ sub }) => sub)));
    const reading = { subs, readAtMs };
    known = reading;
    subs.catch(() => {
      // The next request tries again.
      if (known === reading) known = undefined;
    });
    return subs;
  }

  return {
    async includes(sub: string): Promise<boolean> {
      try {
        return (await current()).has(sub);
      } catch (error) {
        log.warn({ err: error }, 'the installation administrators could not be read: nobody counts as one');
        return false;
      }
    },
    /** The list has changed, here or on another replica, or may have. */
    forget(): void {
      known = undefined;
    },
  };
}
