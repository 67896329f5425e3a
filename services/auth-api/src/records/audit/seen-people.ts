/** Finds in the security events what the Configuration Server cannot tell any more, or not now: who had a name, and where. */
import type { NamedPerson } from '@gatehouse/contracts/auth-api';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../revocation/revocation.ts';

export type SeenPeople = ReturnType<typeof createSeenPeople>;

/** Looked at in one search: an installation may have hundreds of millions. */
const maxEvents = 200_000;

/** A person gets something in a contact centre by these events, and by no other. Events that others cause are no sign of the person. */
/** Of those who were looked at last. */
export interface Entrant {
  sub: string;
  /** The last time by the identity provider. */
  isByProvider: boolean;
}

const entrances = `name IN ('login_succeeded', 'assertion_accepted')`;

export interface SeenPeopleOptions {
  db: Queryable;
  /** Where the events are written: a copy of the database may lack those of a moment ago. */
  primary: Queryable;
  /** Resolves when the events so far are stored: a login of a moment ago may still wait in Redis. */
  drained(): Promise<void>;
}

export function createSeenPeople({ db, primary, drained }: SeenPeopleOptions) {
  return {
    /** The `sub` of whoever signed in last by this name. */
    async subOf(contactCenterId: string, userName: string): Promise<string | undefined> {
      const { rows } = await db.query<{ sub: string }>(
        `SELECT sub FROM auth.audit_events
          WHERE fields ? 'userName' AND lower(fields->>'userName') = lower($2) AND contact_center_id = $1
            AND name = 'login_succeeded' AND sub IS NOT NULL
          ORDER BY seq DESC LIMIT 1`,
        [contactCenterId, userName],
      );
      return rows[0]?.sub;
    },

    /**
     * The names by which people signed in last, and where; of those alone who did, within one contact centre or in any. Without those
     * who signed in in the last second where the events cannot be moved out of Redis now.
     */
    async namesOf(subs: readonly string[], contactCenterId?: string): Promise<NamedPerson[]> {
      const found = await lastNames(db, subs, contactCenterId);
      const named = new Set(found.map(({ sub }) => sub));
      const others = subs.filter((sub) => !named.has(sub));
      if (others.length === 0) return found;
      const late = drained().then(() => lastNames(primary, others, contactCenterId));
      return [...found, ...(await late.catch(() => []))];
    },

    /** The contact centres that know somebody by this `sub`. @throws while the events cannot be read */
    async contactCentersOf(sub: string): Promise<string[]> {
      await drained();
      const { rows } = await primary.query<{ id: string }>(
        `SELECT DISTINCT contact_center_id AS id FROM auth.audit_events
          WHERE sub = $1 AND ${entrances} AND contact_center_id IS NOT NULL`,
        [sub],
      );
      return rows.map(({ id }) => id);
    },

    /** The `sub` of each person whom the contact centre knows by it. @throws while the events cannot be read */
    async known(persons: readonly PersonKey[]): Promise<ReadonlySet<string>> {
      await drained();
      const { rows } = await primary.query<{ sub: string }>(
        `SELECT asked.sub FROM unnest($1::text[], $2::text[]) AS asked (sub, place), LATERAL (
            SELECT FROM auth.audit_events
            WHERE sub = asked.sub AND contact_center_id = asked.place AND ${entrances}
            ORDER BY at DESC LIMIT 1
          ) AS seen`,
        [persons.map(({ sub }) => sub), persons.map(({ contactCenterId }) => contactCenterId)],
      );
      return new Set(rows.map(({ sub }) => sub));
    },

    /**
     * The people who did something in the newest events of a contact centre, or with a client; not those whom an administrator looked at
     * or changed. `sinceMs`: how far back the search came,
     * at most to `fromMs`. Without those of the last second where the events cannot be moved out of Redis now.
     */
    async during(
      fromMs: number,
      { contactCenterId, clientId }: { contactCenterId?: string; clientId?: string },
    ): Promise<{ subs: string[]; sinceMs: number }> {
      await drained().catch(() => undefined);
      const ofCenter = contactCenterId === undefined ? '$1::text IS NULL' : 'contact_center_id = $1';
      const { rows } = await db.query<LookedAt & { subs: string[] }>(
        `WITH recent AS (
          SELECT sub, client_id, at, fields ? 'actor' AS "isOfAnother" FROM auth.audit_events WHERE ${ofCenter} ORDER BY seq DESC LIMIT ${maxEvents}
        )
        SELECT count(*) AS events, min(at) AS oldest, coalesce(array_agg(DISTINCT sub) FILTER (
          WHERE sub IS NOT NULL AND NOT "isOfAnother" AND at >= $3 AND ($2::text IS NULL OR client_id = $2)), '{}') AS subs
        FROM recent`,
        [contactCenterId ?? null, clientId ?? null, new Date(fromMs)],
      );
      return { subs: rows[0]?.subs ?? [], sinceMs: sinceMs(fromMs, rows[0]) };
    },

    /** The people who came into the contact centre, by its newest events. `sinceMs`, and those of the last second: as `during`. */
    async entrants(fromMs: number, contactCenterId: string): Promise<{ people: Entrant[]; sinceMs: number }> {
      await drained().catch(() => undefined);
      const { rows } = await db.query<LookedAt & { people: Entrant[] }>(
        `WITH recent AS (
          SELECT sub, name, at, seq, fields ? 'method' AS "isByProvider" FROM auth.audit_events
            WHERE contact_center_id = $1 ORDER BY seq DESC LIMIT ${maxEvents}
        ), came AS (
          SELECT DISTINCT ON (sub) sub, "isByProvider" FROM recent
            WHERE sub IS NOT NULL AND at >= $2 AND ${entrances} ORDER BY sub, seq DESC
        )
        SELECT (SELECT count(*) FROM recent) AS events, (SELECT min(at) FROM recent) AS oldest,
          (SELECT coalesce(json_agg(came), '[]') FROM came) AS people`,
        [contactCenterId, new Date(fromMs)],
      );
      return { people: rows[0]?.people ?? [], sinceMs: sinceMs(fromMs, rows[0]) };
    },
  };
}

interface LookedAt {
  events: string;
  oldest: Date | null;
}

function sinceMs(fromMs: number, { events, oldest }: LookedAt = { events: '0', oldest: null }): number {
  const isWhole = Number(events) < maxEvents;
  return isWhole ? fromMs : Math.max(fromMs, oldest?.getTime() ?? fromMs);
}

async function lastNames(
  db: Queryable,
  subs: readonly string[],
  contactCenterId: string | undefined,
): Promise<NamedPerson[]> {
  if (subs.length === 0) return [];
  const { rows } = await db.query<NamedPerson>(
    `SELECT asked.sub, seen."userName", seen."contactCenterId"
      FROM unnest($1::text[]) AS asked (sub), LATERAL (
        SELECT fields->>'userName' AS "userName", contact_center_id AS "contactCenterId" FROM auth.audit_events
        WHERE sub = asked.sub AND name = 'login_succeeded' AND contact_center_id = coalesce($2, contact_center_id)
          AND fields ? 'userName'
        ORDER BY at DESC LIMIT 1
      ) AS seen`,
    [[...new Set(subs)], contactCenterId ?? null],
  );
  return rows;
}
