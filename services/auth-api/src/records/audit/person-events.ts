/** Finds and erases what the security events say of a person, and keeps later events from saying it again. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../revocation/revocation.ts';

export interface PersonInEvents {
  persons: readonly PersonKey[];
  /** Whether events of a `sub` count in the contact centre of the person alone; otherwise everywhere. */
  isConfined: boolean;
  userName: string;
  /** Contact centres in which the user name is the person's. */
  places: readonly string[];
  /** Until when it was: somebody else has it by now. */
  untilMs?: number | undefined;
}

/** `$1`, `$2`: subjects and their contact centres; `$3`: confined; `$4`: name; `$5`: its contact centres; `$6`: its end. */
const ofPerson = `SELECT e.seq FROM unnest($1::text[], $2::text[]) AS person (sub, place)
    JOIN auth.audit_events e ON e.sub = person.sub AND (NOT $3 OR e.contact_center_id = person.place)
  UNION SELECT seq FROM auth.audit_events
    WHERE fields ? 'userName' AND lower(fields->>'userName') = lower($4) AND contact_center_id = ANY ($5) AND sub IS NULL
      AND ($6::bigint IS NULL OR at <= to_timestamp($6 / 1000.0))`;

const valuesOf = ({ persons, isConfined, userName, places, untilMs }: PersonInEvents) => [
  persons.map(({ sub }) => sub),
  persons.map(({ contactCenterId }) => contactCenterId),
  isConfined,
  userName,
  places,
  untilMs ?? null,
];

/** Those who signed in by the name, with the contact centres. */
export async function findPersons(
  db: Queryable,
  userName: string,
  places: readonly string[],
): Promise<PersonKey[]> {
  const { rows } = await db.query<PersonKey>(
    `SELECT DISTINCT sub, contact_center_id AS "contactCenterId" FROM auth.audit_events
      WHERE fields ? 'userName' AND lower(fields->>'userName') = lower($1) AND contact_center_id = ANY ($2)
        AND name = 'login_succeeded' AND sub IS NOT NULL`,
    [userName, places],
  );
  return rows;
}

/** `lastMs`: the time of the last event of a subject. `actions`: of what the person did as an administrator. */
export async function countPersonEvents(db: Queryable, person: PersonInEvents) {
  const { rows } = await db.query<{ events: number; actions: number; lastMs: string | null }>(
    `SELECT (SELECT count(*)::int FROM (${ofPerson}) AS found) AS events,
        (SELECT count(*)::int FROM auth.audit_events
          WHERE fields ? 'actor' AND fields->>'actor' = ANY ($1) AND (NOT $3 OR contact_center_id = ANY ($2))) AS actions,
        (SELECT floor(extract(epoch FROM max(at)) * 1000)::bigint FROM auth.audit_events WHERE sub = ANY ($1)) AS "lastMs"`,
    valuesOf(person),
  );
  const { events = 0, actions = 0, lastMs = null } = rows[0] ?? {};
  return { events, actions, lastMs: lastMs === null ? undefined : Number(lastMs) };
}

/** The requests of these events within the days, each once. */
export async function correlationIdsOf(
  db: Queryable,
  person: PersonInEvents,
  days: number,
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT DISTINCT correlation_id AS id FROM auth.audit_events
      WHERE seq IN (${ofPerson}) AND at > now() - make_interval(days => $7)`,
    [...valuesOf(person), days],
  );
  return rows.map(({ id }) => id);
}

/** Resolves the numbers of the events. */
export async function erasePersonEvents(db: Queryable, person: PersonInEvents): Promise<string[]> {
  const { rows } = await db.query<{ seq: string }>(
    `UPDATE auth.audit_events
      SET sub = NULL, sid = NULL, client_address = NULL, fields = '{}', erased_at = now()
      WHERE seq IN (${ofPerson}) RETURNING seq`,
    valuesOf(person),
  );
  return rows.map(({ seq }) => seq);
}

/**
 * From now on, events of these subjects are stored without them: a batch may come late, and another replica hears of the end of
 * a session within a second. `keptMs`: no token and no session lives longer.
 */
export async function markErased(
  db: Queryable,
  { persons, isConfined }: Pick<PersonInEvents, 'persons' | 'isConfined'>,
  { atMs, keptMs }: { atMs: number; keptMs: number },
): Promise<void> {
  await db.query('DELETE FROM auth.erased_subjects WHERE erased_at < to_timestamp($1 / 1000.0)', [
    atMs - keptMs,
  ]);
  const marks = persons.map(({ contactCenterId, sub }) => (isConfined ? `${contactCenterId} ${sub}` : sub));
  await db.query(
    `INSERT INTO auth.erased_subjects (digest, erased_at)
      SELECT DISTINCT sha256(convert_to(mark, 'UTF8')), to_timestamp($2 / 1000.0) FROM unnest($1::text[]) AS mark
      ON CONFLICT (digest) DO UPDATE SET erased_at = excluded.erased_at`,
    [marks, atMs],
  );
}
