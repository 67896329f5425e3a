/** Keeps in memory, for each contact centre, who has a right at the console. While that cannot be read, no person has one. */
import type { ContactCenterRight } from '@gatehouse/contracts/values';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';

/** An announcement may be lost, and in a region that copies the database none is made. */
const maxAgeMs = 500;
const maxPlaces = 10_000;

/** A right that a list gives: that of installation administrators, or that of a contact centre. */
export type ListedRight = 'installation' | ContactCenterRight;

/** A person as a login proved them: the same `sub` of another contact centre, or by another way, is somebody else. */
export interface ProvedPerson {
  contactCenterId: string;
  sub: string;
  /** Absent: not known, and so nobody's. */
  way: string | undefined;
  /** When the login was; absent: not known, and so before any entry. */
  provedAtMs: number | undefined;
}

export interface Entry {
  sub: string;
  right: ListedRight;
  way: string;
  addedAt: Date;
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
  const known = new Map<string, { list: Promise<Entry[]>; readAtMs: number }>();

  /** Requests that come while the list is read wait for the same answer. */
  function listAt(place: string): Promise<Entry[]> {
    const readAtMs = monotonicMs();
    const present = known.get(place);
    if (present !== undefined && readAtMs - present.readAtMs < maxAgeMs) return present.list;
    const list = readEntries(db, place);
    const reading = { list, readAtMs };
    if (known.size >= maxPlaces) known.clear();
    known.set(place, reading);
    list.catch(() => {
      // The next request tries again.
      if (known.get(place) === reading) known.delete(place);
    });
    return list;
  }

  return {
    /** The rights that entries give the person. */
    async rightsOf({ contactCenterId, ...person }: ProvedPerson): Promise<ListedRight[]> {
      try {
        const given = (await listAt(contactCenterId)).filter((entry) => isProvedBy(person, entry));
        return given.map(({ right }) => right);
      } catch (error) {
        log.warn({ err: error }, 'the lists of administrators could not be read: nobody counts as one');
        return [];
      }
    },
    /** The entries about a contact centre. Rejects while they cannot be read. */
    entriesAt: (contactCenterId: string): Promise<readonly Pick<Entry, 'sub' | 'right'>[]> =>
      listAt(contactCenterId),
    /** A list has changed, here or on another replica, or may have. */
    forget(): void {
      known.clear();
    },
  };
}

/** Before the entry, a contact centre may have let somebody in under the name of the person. */
function isProvedBy({ sub, way, provedAtMs }: Omit<ProvedPerson, 'contactCenterId'>, entry: Entry): boolean {
  if (entry.sub !== sub || entry.way !== way) return false;
  return provedAtMs !== undefined && provedAtMs >= entry.addedAt.getTime();
}

/** An entry of a release that asked for neither place nor way matches nothing. */
async function readEntries(db: Queryable, contactCenterId: string): Promise<Entry[]> {
  const { rows } = await db.query<Entry>(
    `SELECT sub, 'installation' AS "right", way, added_at AS "addedAt"
        FROM auth.installation_administrators WHERE contact_center_id = $1 AND way IS NOT NULL
      UNION ALL SELECT sub, unnest(coalesce(rights, ARRAY["right"])), way, added_at
        FROM auth.contact_center_administrators WHERE contact_center_id = $1`,
    [contactCenterId],
  );
  return rows;
}
