/** Stores consents in PostgreSQL. The column `sub` holds contact centre and `sub`, as personAt() names a person. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { isDocumentAddress } from '../../registry/clients/documents/document-address.ts';

export async function findConsent(
  db: Queryable,
  persons: readonly string[],
  clientId: string,
): Promise<string[] | undefined> {
  const { rows } = await db.query<{ scope: string[] }>({
    name: 'find_consent',
    text: 'SELECT scope FROM auth.consents WHERE sub = ANY ($1::text[]) AND client_id = $2',
    values: [persons, clientId],
  });
  return rows.length === 0 ? undefined : rows.flatMap(({ scope }) => scope);
}

export interface GivenConsent {
  clientId: string;
  name: string;
  clientUri: string | undefined;
  initiateLoginUri: string | undefined;
  scope: string[];
  givenAt: Date;
  /** When the client last got tokens of the user, at most a minute behind. */
  lastUsedAt: Date | undefined;
}

type Unknown = 'clientUri' | 'initiateLoginUri' | 'lastUsedAt';

/** Far more than anybody has agreed to. */
const maxListed = 500;

export async function listConsents(db: Queryable, persons: readonly string[]): Promise<GivenConsent[]> {
  const { rows } = await db.query<Omit<GivenConsent, Unknown> & { [F in Unknown]: GivenConsent[F] | null }>({
    name: 'list_consents',
    text: `SELECT client_id AS "clientId", coalesce(c.name, client_id) AS name, c.client_uri AS "clientUri",
        c.initiate_login_uri AS "initiateLoginUri", given.scope,
        given.at AS "givenAt", given.used_at AS "lastUsedAt"
      FROM (SELECT known.client_id, max(known.updated_at) AS at, max(known.last_used_at) AS used_at,
          array_agg(DISTINCT single) FILTER (WHERE single IS NOT NULL) AS scope
        FROM auth.consents known LEFT JOIN unnest(known.scope) AS single ON true
        WHERE known.sub = ANY ($1::text[]) GROUP BY known.client_id) given
        LEFT JOIN auth.clients c USING (client_id)
      WHERE c.client_id IS NOT NULL OR client_id LIKE 'https://%'
      ORDER BY given.at DESC, client_id LIMIT ${maxListed}`,
    values: [persons],
  });
  return rows.map(({ clientUri, initiateLoginUri, lastUsedAt, ...given }) => ({
    ...given,
    clientUri: clientUri ?? undefined,
    initiateLoginUri: initiateLoginUri ?? undefined,
    lastUsedAt: lastUsedAt ?? undefined,
  }));
}

export async function countConsents(db: Queryable, clientId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'count_consents',
    text: 'SELECT count(*)::int AS count FROM auth.consents WHERE client_id = $1',
    values: [clientId],
  });
  return rows[0]?.count ?? 0;
}

export async function deleteConsent(
  db: Queryable,
  persons: readonly string[],
  clientId: string,
): Promise<void> {
  await db.query({
    name: 'delete_consent',
    text: 'DELETE FROM auth.consents WHERE sub = ANY ($1::text[]) AND client_id = $2',
    values: [persons, clientId],
  });
}

/** Everything that a person has agreed to. Resolves to how many clients. */
export async function deleteConsentsOfPerson(db: Queryable, persons: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_consents_of_person',
    text: 'DELETE FROM auth.consents WHERE sub = ANY ($1::text[])',
    values: [persons],
  });
  return rowCount ?? 0;
}

/** Deletes what was stored of the people of a contact centre. */
export async function deleteConsentsOf(db: Queryable, contactCenterId: string): Promise<void> {
  await db.query({
    name: 'delete_consents_of_contact_center',
    text: "DELETE FROM auth.consents WHERE split_part(sub, ' ', 1) = $1",
    values: [contactCenterId],
  });
}

export async function addConsent(
  db: Queryable,
  person: string,
  clientId: string,
  scope: readonly string[],
): Promise<void> {
  // Consents to registered clients go with their client.
  const table = isDocumentAddress(clientId) ? 'auth.document_consents' : 'auth.consents';
  await db.query(
    `INSERT INTO ${table} AS known (sub, client_id, scope) VALUES ($1, $2, $3)
     ON CONFLICT (sub, client_id) DO UPDATE SET updated_at = now(),
       scope = ARRAY(SELECT DISTINCT unnest(known.scope || excluded.scope))`,
    [person, clientId, scope],
  );
}
