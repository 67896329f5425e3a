/** Remembers in PostgreSQL which scopes a user agreed to give a client; a user is asked again only for more. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { isWithinScope } from '../protocol/parameters.ts';

export interface RequestedConsent {
  clientId: string;
  scope: string[];
}

export type ConsentService = ReturnType<typeof createConsentService>;

/** Both methods reject while PostgreSQL is away; the error handlers answer 503. */
export function createConsentService(db: Queryable, writer: Queryable) {
  return {
    /** Tells whether the user has agreed to all of the scope before. */
    async covers(sub: string, { clientId, scope }: RequestedConsent): Promise<boolean> {
      const given = await findConsent(db, sub, clientId);
      return given !== undefined && isWithinScope(scope, given);
    },
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
