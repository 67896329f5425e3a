/** Clients in PostgreSQL. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Client } from './client.ts';
import { type ClientRow, columns, rowValues, toClient } from './row.ts';

const placeholders = columns.map((_, index) => `$${index + 1}`).join(', ');
const assignments = columns.map((column, index) => `${column} = $${index + 1}`).join(', ');

export async function findClient(db: Queryable, clientId: string): Promise<Client | undefined> {
  const { rows } = await db.query<ClientRow>({
    name: 'find_client',
    text: 'SELECT * FROM auth.clients WHERE client_id = $1',
    values: [clientId],
  });
  return rows[0] && toClient(rows[0]);
}

/** Holds the row until the transaction ends: concurrent merges wait for one another. */
export async function lockClient(db: Queryable, clientId: string): Promise<Client | undefined> {
  const { rows } = await db.query<ClientRow>('SELECT * FROM auth.clients WHERE client_id = $1 FOR UPDATE', [
    clientId,
  ]);
  return rows[0] && toClient(rows[0]);
}

export async function listClients(db: Queryable): Promise<Client[]> {
  const { rows } = await db.query<ClientRow>('SELECT * FROM auth.clients ORDER BY client_id');
  return rows.map(toClient);
}

/** Clients that registered the resource identifier (RFC 8707). */
export async function findClientsByResource(db: Queryable, resource: string): Promise<string[]> {
  const { rows } = await db.query<{ client_id: string }>({
    name: 'find_clients_by_resource',
    text: 'SELECT client_id FROM auth.clients WHERE resources @> ARRAY[$1] ORDER BY client_id LIMIT 2',
    values: [resource],
  });
  return rows.map((row) => row.client_id);
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

/** Undefined when the client id is taken. */
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
