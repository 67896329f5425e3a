/** Consents in PostgreSQL. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

/** The scope that the user agreed to. */
export async function findConsent(
  db: Queryable,
  sub: string,
  clientId: string,
): Promise<string[] | undefined> {
  const { rows } = await db.query<{ scope: string[] }>({
    name: 'find_consent',
    text: 'SELECT scope FROM auth.consents WHERE sub = $1 AND client_id = $2',
    values: [sub, clientId],
  });
  return rows[0]?.scope;
}

export async function addConsent(
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
