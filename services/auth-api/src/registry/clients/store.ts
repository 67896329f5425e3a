/** Stores clients in PostgreSQL. */

import type { DetailType } from '@gatehouse/contracts/resources';
import { type Page, placeOf, type Sort } from '@gatehouse/service-kit/http';
import { type Bind, binderOf, countRows, holdsText, type Queryable } from '@gatehouse/service-kit/postgres';
import type { Client } from './client.ts';
import { type ClientRow, columns, readColumns, rowValues, toClient } from './row.ts';

const placeholders = columns.map((_, index) => `$${index + 1}`).join(', ');
const assignments = columns.map((column, index) => `${column} = $${index + 1}`).join(', ');

export async function findClient(db: Queryable, clientId: string): Promise<Client | undefined> {
  const { rows } = await db.query<ClientRow>({
    name: 'find_client',
    text: `SELECT ${readColumns} FROM auth.clients WHERE client_id = $1`,
    values: [clientId],
  });
  return rows[0] && toClient(rows[0]);
}

export async function findClients(db: Queryable, clientIds: readonly string[]): Promise<Client[]> {
  const { rows } = await db.query<ClientRow>({
    name: 'find_clients',
    text: `SELECT ${readColumns} FROM auth.clients WHERE client_id = ANY ($1)`,
    values: [clientIds],
  });
  return rows.map(toClient);
}

/** Locks the row until the transaction ends, so that concurrent merges wait. */
export async function lockClient(db: Queryable, clientId: string): Promise<Client | undefined> {
  const { rows } = await db.query<ClientRow>('SELECT * FROM auth.clients WHERE client_id = $1 FOR UPDATE', [
    clientId,
  ]);
  return rows[0] && toClient(rows[0]);
}

export interface ClientFilter {
  /** A part of the id, the name, the description or a redirect URI, in any case. */
  search: string | undefined;
  /** Clients that serve this contact centre, including those that serve all. */
  contactCenterId: string | undefined;
  /** Only these; undefined: all. */
  ids?: readonly string[] | undefined;
  /** Only clients that are bound to exactly this contact centre. */
  within?: string | undefined;
  /** Undefined: in the order of their ids. */
  sort?: Sort;
}

const searchText =
  'auth.client_search_text(client_id, name, description, redirect_uris || post_logout_redirect_uris)';

/** Returns one row more than the page if there is a next page. */
export async function listClients(db: Queryable, filter: ClientFilter, page: Page): Promise<Client[]> {
  const { sort } = filter;
  const { id = page.after ?? '', name } =
    sort !== undefined && page.after !== undefined ? placeOf(page.after) : {};
  const values: unknown[] = [id, page.limit + 1, page.offset];
  const bind = binderOf(values);
  const [is, direction] = sort === '-name' ? ['<', ' DESC'] : ['>', ''];
  const after =
    name === undefined
      ? 'client_id > $1'
      : `(lower(name), client_id) ${is} (lower(${bind(name, 'text')}), $1::text)`;
  const order = sort === undefined ? 'client_id' : `lower(name)${direction}, client_id${direction}`;
  const where = [after, ...conditionsOf(filter, bind)].join(' AND ');
  // Without a name, so that it is planned for the filters that are given, and by how much their values will find.
  const { rows } = await db.query<ClientRow>(
    `SELECT * FROM auth.clients WHERE ${where} ORDER BY ${order} LIMIT $2 OFFSET $3`,
    values,
  );
  return rows.map(toClient);
}

/** On all pages together. */
export function countClients(db: Queryable, filter: ClientFilter) {
  const values: unknown[] = [];
  const where = conditionsOf(filter, binderOf(values)).join(' AND ') || 'true';
  return countRows(db, `SELECT client_id FROM auth.clients WHERE ${where}`, values);
}

function conditionsOf(filter: ClientFilter, bind: Bind): string[] {
  const conditions: string[] = [];
  if (filter.search !== undefined)
    conditions.push(holdsText('auth', searchText, `lower(${bind(filter.search, 'text')})`, filter.search));
  if (filter.ids !== undefined) conditions.push(`client_id = ANY (${bind(filter.ids, 'text[]')})`);
  if (filter.contactCenterId !== undefined)
    conditions.push(
      `(contact_center_ids = '{}' OR contact_center_ids @> ARRAY[${bind(filter.contactCenterId, 'text')}])`,
    );
  if (filter.within !== undefined)
    conditions.push(`contact_center_ids = ARRAY[${bind(filter.within, 'text')}]`);
  return conditions;
}

/** Keeps the later time. Locked rows are skipped: the next use is recorded instead. */
export async function writeClientUses(db: Queryable, uses: ReadonlyMap<string, number>): Promise<void> {
  await db.query({
    name: 'write_client_uses',
    text: `WITH given AS (SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS given (client_id, at)),
      free AS (
        SELECT client_id FROM auth.clients WHERE client_id = ANY ($1)
        ORDER BY client_id FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE auth.clients SET last_used_at = given.at FROM given JOIN free USING (client_id)
      WHERE clients.client_id = given.client_id
        AND (clients.last_used_at IS NULL OR clients.last_used_at < given.at)`,
    values: [[...uses.keys()], [...uses.values()].map((ms) => new Date(ms).toISOString())],
  });
}

/** Keeps the newest time of each grant type, as far as replicas agree on the time. Locked rows are skipped, as above. */
export async function writeClientGrants(db: Queryable, uses: readonly ClientGrant[]): Promise<void> {
  await db.query({
    name: 'write_client_grants',
    text: `WITH given AS (
        SELECT client_id, jsonb_object_agg(grant_type, at) AS grants
        FROM jsonb_to_recordset($1) AS given (client_id text, grant_type text, at bigint) GROUP BY client_id),
      free AS (
        SELECT client_id FROM auth.clients WHERE client_id IN (SELECT client_id FROM given)
        ORDER BY client_id FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE auth.clients SET last_grants = last_grants || given.grants FROM given JOIN free USING (client_id)
      WHERE clients.client_id = given.client_id`,
    values: [JSON.stringify(uses)],
  });
}

export interface ClientGrant {
  client_id: string;
  grant_type: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The clients that registered one of the spellings of an address (RFC 8707), the first spelling first. */
export async function findOwnersOfResource(db: Queryable, spellings: readonly string[]) {
  const { rows } = await db.query<{ clientId: string; name: string }>({
    name: 'find_owners_of_resource',
    text: `SELECT client_id AS "clientId", address AS name FROM auth.clients, unnest(resources) AS address
      WHERE resources && $1::text[] AND address = ANY ($1::text[])
      ORDER BY array_position($1::text[], address), client_id LIMIT 100`,
    values: [spellings],
  });
  return rows;
}

/** Resources that registered types of authorization details. */
export async function listDetailTypes(db: Queryable) {
  const { rows } = await db.query<{ detail_types: DetailType[]; resources: string[] }>({
    name: 'list_detail_types',
    text: `SELECT detail_types, resources FROM auth.clients WHERE detail_types <> '[]' ORDER BY client_id`,
  });
  return rows;
}

/** A type of the client that another client has registered. */
export async function findTakenDetailType(
  db: Queryable,
  { clientId, detailTypes }: Pick<Client, 'clientId' | 'detailTypes'>,
): Promise<string | undefined> {
  const { rows } = await db.query<{ type: string }>({
    name: 'find_taken_detail_type',
    text: `SELECT other.type FROM auth.clients, jsonb_to_recordset(detail_types) AS other (type text)
      WHERE detail_types <> '[]' AND client_id <> $1 AND other.type = ANY ($2) LIMIT 1`,
    values: [clientId, detailTypes.map(({ type }) => type)],
  });
  return rows[0]?.type;
}

/** Whether any client registered a redirect URI below one of the origins, each as `https://host[:port]`. */
export async function someClientHasOrigin(db: Queryable, origins: readonly string[]): Promise<boolean> {
  const { rows } = await db.query<{ client_id: string }>({
    name: 'find_client_by_web_origin',
    text: `SELECT client_id FROM auth.clients
      WHERE auth.web_origins(redirect_uris || post_logout_redirect_uris) && $1 LIMIT 1`,
    values: [origins],
  });
  return rows.length > 0;
}

/** Undefined if the client id is taken. */
export async function insertClient(db: Queryable, client: Client): Promise<Client | undefined> {
  const { rows } = await db.query<ClientRow>(
    `INSERT INTO auth.clients (${columns.join(', ')}) VALUES (${placeholders})
     ON CONFLICT (client_id) DO NOTHING RETURNING *`,
    rowValues(client),
  );
  return rows[0] && toClient(rows[0]);
}

export async function updateClient(db: Queryable, client: Client): Promise<Client | undefined> {
  const { rows } = await db.query<ClientRow>(
    `UPDATE auth.clients SET ${assignments}, version = version + 1, updated_at = now()
     WHERE client_id = $1 RETURNING *`,
    rowValues(client),
  );
  return rows[0] && toClient(rows[0]);
}

export async function deleteClient(db: Queryable, clientId: string): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM auth.clients WHERE client_id = $1', [clientId]);
  return rowCount === 1;
}
