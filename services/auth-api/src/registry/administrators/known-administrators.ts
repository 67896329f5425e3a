/** Keeps the installation administrators in memory. While they cannot be read, no person counts as one. */
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { listAdministrators, type StoredAdministrator } from './store.ts';

/** An announcement may be lost, and in a region that copies the database none is made. */
const maxAgeMs = 500;

/** A person as a login proved them: the same `sub` of another contact centre, or by another way, is somebody else. */
export interface ProvedPerson {
  contactCenterId: string;
  sub: string;
  /** Absent: not known, and so nobody's. */
  way: string | undefined;
  /** When the login was; absent: not known, and so before any entry. */
  provedAtMs: number | undefined;
}

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
  let known: { list: Promise<List>; readAtMs: number } | undefined;

  /** Requests that come while the list is read wait for the same answer. */
  function current(): Promise<List> {
    const readAtMs = monotonicMs();
    if (known !== undefined && readAtMs - known.readAtMs < maxAgeMs) return known.list;
    const list = listAdministrators(db).then(listOf);
    const reading = { list, readAtMs };
    known = reading;
    list.catch(() => {
      // The next request tries again.
      if (known === reading) known = undefined;
    });
    return list;
  }

  return {
    async includes(person: ProvedPerson): Promise<boolean> {
      try {
        const [key] = keyOf(person);
        if (key === undefined) return false;
        const sinceMs = (await current()).since.get(key) ?? Number.POSITIVE_INFINITY;
        // Before the entry, a contact centre may have let somebody in under the name of the person.
        return person.provedAtMs !== undefined && person.provedAtMs >= sinceMs;
      } catch (error) {
        log.warn({ err: error }, 'the installation administrators could not be read: nobody counts as one');
        return false;
      }
    },
    /** The administrators of a contact centre. Rejects while the list cannot be read. */
    async subsAt(contactCenterId: string): Promise<ReadonlySet<string>> {
      return (await current()).subsAt.get(contactCenterId) ?? new Set();
    },
    /** The list has changed, here or on another replica, or may have. */
    forget(): void {
      known = undefined;
    },
  };
}

type List = ReturnType<typeof listOf>;

function listOf(rows: readonly StoredAdministrator[]) {
  const whole = rows.filter((row) => keyOf(row).length > 0);
  const byPlace = Map.groupBy(whole, ({ contactCenterId }) => contactCenterId);
  return {
    since: new Map(whole.flatMap((row) => keyOf(row).map((key) => [key, row.addedAt.getTime()] as const))),
    subsAt: new Map([...byPlace].map(([id, some]) => [id, new Set(some.map(({ sub }) => sub))])),
  };
}

/** None where the contact centre or the way is not known: such an entry and such a login match nothing. */
function keyOf(one: {
  contactCenterId: string | null;
  sub: string;
  way?: string | null | undefined;
}): string[] {
  const { contactCenterId, sub, way } = one;
  return contactCenterId && way ? [JSON.stringify([contactCenterId, sub, way])] : [];
}
