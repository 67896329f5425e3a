/** Clients in PostgreSQL. */

import type { StoredSecret } from '@gatehouse/service-kit/credentials/stored-secret';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { JSONWebKeySet } from 'jose';
import type {
  Client,
  ClientAuthMethod,
  ClientType,
  RedirectMatching,
  TokenExchangePolicy,
} from './client.ts';

interface ClientRow {
  client_id: string;
  name: string;
  description: string;
  client_type: ClientType;
  internal_client: boolean;
  secrets: StoredSecret[];
  authorities: string[];
  scope: string[];
  grant_types: string[];
  redirect_uris: string[];
  post_logout_redirect_uris: string[];
  redirect_matching: RedirectMatching;
  require_pkce: boolean;
  access_token_ttl_seconds: number;
  refresh_token_ttl_seconds: number;
  contact_center_ids: string[];
  token_endpoint_auth_method: ClientAuthMethod | null;
  token_exchange: TokenExchangePolicy;
  resources: string[];
  jwks: JSONWebKeySet | null;
  jwks_uri: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** In the order of the values that rowValues() makes. */
const columns = [
  'client_id',
  'name',
  'description',
  'client_type',
  'internal_client',
  'secrets',
  'authorities',
  'scope',
  'grant_types',
  'redirect_uris',
  'post_logout_redirect_uris',
  'redirect_matching',
  'require_pkce',
  'access_token_ttl_seconds',
  'refresh_token_ttl_seconds',
  'contact_center_ids',
  'token_endpoint_auth_method',
  'token_exchange',
  'resources',
  'jwks',
  'jwks_uri',
] as const;

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

function rowValues(client: Client): unknown[] {
  return [
    client.clientId,
    client.name,
    client.description,
    client.clientType,
    client.internalClient,
    JSON.stringify(client.secrets),
    client.authorities,
    client.scope,
    client.grantTypes,
    client.redirectUris,
    client.postLogoutRedirectUris,
    client.redirectMatching,
    client.requirePkce,
    client.accessTokenTtlSeconds,
    client.refreshTokenTtlSeconds,
    client.contactCenterIds,
    client.tokenEndpointAuthMethod ?? null,
    JSON.stringify(client.tokenExchange),
    client.resources,
    client.jwks === undefined ? null : JSON.stringify(client.jwks),
    client.jwksUri ?? null,
  ];
}

function toClient(row: ClientRow): Client {
  return {
    clientId: row.client_id,
    name: row.name,
    description: row.description,
    clientType: row.client_type,
    internalClient: row.internal_client,
    secrets: row.secrets,
    authorities: row.authorities,
    scope: row.scope,
    grantTypes: row.grant_types,
    redirectUris: row.redirect_uris,
    postLogoutRedirectUris: row.post_logout_redirect_uris,
    redirectMatching: row.redirect_matching,
    requirePkce: row.require_pkce,
    accessTokenTtlSeconds: row.access_token_ttl_seconds,
    refreshTokenTtlSeconds: row.refresh_token_ttl_seconds,
    contactCenterIds: row.contact_center_ids,
    ...(row.token_endpoint_auth_method === null
      ? {}
      : { tokenEndpointAuthMethod: row.token_endpoint_auth_method }),
    tokenExchange: row.token_exchange,
    resources: row.resources,
    ...(row.jwks === null ? {} : { jwks: row.jwks }),
    ...(row.jwks_uri === null ? {} : { jwksUri: row.jwks_uri }),
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    version: row.version,
  };
}
