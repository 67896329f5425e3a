/** Remembers in PostgreSQL which scopes a user agreed to give a client, until the user takes it back; asked again only for more. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { isWithinScope } from '../protocol/parameters.ts';

export interface RequestedConsent {
  clientId: string;
  scope: string[];
}

export type ConsentService = ReturnType<typeof createConsentService>;

/** Every method rejects while PostgreSQL is away; the error handlers answer 503. */
export function createConsentService(db: Queryable, writer: Queryable) {
  return {
    /** Tells whether the user has agreed to all of the scope before. */
    async covers(sub: string, { clientId, scope }: RequestedConsent): Promise<boolean> {
      const given = await findConsent(db, sub, clientId);
      return given !== undefined && isWithinScope(scope, given);
    },
    /** What the user agreed to, the newest first. */
    list: (sub: string) => listConsents(db, sub),
    /** How many users have agreed to something for a client. */
    count: (clientId: string) => countConsents(db, clientId),
    /** Forgets it: the user is asked again. False: there was none. */
    forget: (sub: string, clientId: string) => deleteConsent(writer, sub, clientId),
    /** Adds the scope to what the user agreed to before. */
    give: (sub: string, { clientId, scope }: RequestedConsent) => addConsent(writer, sub, clientId, scope),
  };
}

async function findConsent(db: Queryable, sub: string, clientId: string): Promise<string[] | undefined> {
  const { rows } = await db.query<{ scope: string[] }>({
    name: 'find_consent',
    text: 'SELECT scope FROM auth.consents WHERE sub = $1 AND client_id = $2',
    values: [sub, clientId],
  });
  return rows[0]?.scope;
}

export interface GivenConsent {
  clientId: string;
  name: string;
  clientUri: string | undefined;
  scope: string[];
  givenAt: Date;
  /** When the client last got tokens of the user, at most a minute behind. */
  lastUsedAt: Date | undefined;
}

/** Far more than anybody has agreed to. */
const maxListed = 500;

async function listConsents(db: Queryable, sub: string): Promise<GivenConsent[]> {
  const { rows } = await db.query<
    Omit<GivenConsent, 'clientUri' | 'lastUsedAt'> & { clientUri: string | null; lastUsedAt: Date | null }
  >({
    name: 'list_consents',
    text: `SELECT c.client_id AS "clientId", c.name, c.client_uri AS "clientUri", given.scope,
        given.updated_at AS "givenAt", given.last_used_at AS "lastUsedAt"
      FROM auth.consents given JOIN auth.clients c USING (client_id)
      WHERE given.sub = $1 ORDER BY given.updated_at DESC, client_id LIMIT ${maxListed}`,
    values: [sub],
  });
  return rows.map(({ clientUri, lastUsedAt, ...given }) => ({
    ...given,
    clientUri: clientUri ?? undefined,
    lastUsedAt: lastUsedAt ?? undefined,
  }));
}

async function countConsents(db: Queryable, clientId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'count_consents',
    text: 'SELECT count(*)::int AS count FROM auth.consents WHERE client_id = $1',
    values: [clientId],
  });
  return rows[0]?.count ?? 0;
}

async function deleteConsent(db: Queryable, sub: string, clientId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete_consent',
    text: 'DELETE FROM auth.consents WHERE sub = $1 AND client_id = $2',
    values: [sub, clientId],
  });
  return rowCount === 1;
}

async function addConsent(
  db: Queryable,
  sub: string,
  clientId: string,
  scope: readonly string[],
): Promise<void> {
  await db.query(
    `INSERT INTO auth.consents AS known (sub, client_id, scope) VALUES ($1, $2, $3)
     ON CONFLICT (sub, client_id) DO UPDATE SET updated_at = now(),
       scope = ARRAY(SELECT DISTINCT unnest(known.scope || excluded.scope))`,
    [sub, clientId, scope],
  );
}
