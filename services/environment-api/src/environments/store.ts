/** Stores environments with their servers in `environments`, `config_servers` and `config_server_locations`. */
import type { ConfigServerView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Page, Sort } from '@gatehouse/service-kit/http';
import { type Bind, binderOf, countRows, type Queryable } from '@gatehouse/service-kit/postgres';
import { holds, idsOfAny, orderBy, pageBy, rowsOfAny } from '../fields/search.ts';
import { type Environment, type EnvironmentFields, environmentJson, shownLdap } from './environment.ts';

const table = { table: 'environment.environments', alias: 'e' };
const select = `SELECT ${environmentJson} AS environment FROM environment.environments e`;

interface Row {
  environment: Environment;
}

export async function readEnvironment(db: Queryable, id: string): Promise<Environment | undefined> {
  const { rows } = await db.query<Row>({
    name: 'environment_by_id',
    text: `${select} WHERE e.id = $1`,
    values: [id],
  });
  return rows[0]?.environment;
}

/** Reads it and locks it until the transaction ends. */
export async function lockEnvironment(db: Queryable, id: string): Promise<Environment | undefined> {
  // Locks first, reads after: a writer that had to wait must see what the other one wrote, servers included.
  const { rowCount } = await db.query({
    name: 'environment_lock',
    text: 'SELECT 1 FROM environment.environments WHERE id = $1 FOR UPDATE',
    values: [id],
  });
  return rowCount === 0 ? undefined : readEnvironment(db, id);
}

export interface EnvironmentFilter {
  /** A part of the name, a server address, the tenant, the application or a base of LDAP. */
  search?: string | undefined;
  /** Only these; undefined: all. */
  ids?: readonly string[] | undefined;
  /** Undefined: in the order of their creation. */
  sort?: Sort;
}

/** One without a name of its own has the usual one. So there is no index, and the names of all are read. */
const shownName = `coalesce((SELECT n.name FROM environment.environment_names n WHERE n.environment_id = e.id),
  environment.usual_name(e.id))`;

/** `anyOf`: the conditions of a search, each with an index. */
function conditionsOf({ search, ids }: EnvironmentFilter, bind: Bind) {
  const narrowed = ids === undefined ? [] : [`e.id = ANY (${bind(ids, 'uuid[]')})`];
  if (search === undefined) return { narrowed };
  const sought = `lower(${bind(search, 'text')})`;
  const anyOf = [
    holds('environment.search_text(e.tenant, e.app_name, e.ldap)', sought, search),
    `e.id IN (SELECT n.environment_id FROM environment.environment_names n WHERE ${holds(
      'lower(n.name)',
      sought,
      search,
    )})`,
    `e.id IN (SELECT s.environment_id FROM environment.config_servers s WHERE ${holds(
      "lower(s.primary_address || ' ' || coalesce(s.backup_address, ''))",
      sought,
      search,
    )})`,
  ];
  return { narrowed, anyOf };
}

export async function listEnvironments(
  db: Queryable,
  filter: EnvironmentFilter,
  page: Page,
): Promise<Environment[]> {
  const { values, bind, order, after, kind } = pageBy('e', shownName, filter.sort, page);
  const { narrowed, anyOf } = conditionsOf(filter, bind);
  const where = [after, ...narrowed].join(' AND ');
  // A search is planned anew each time, by how much its text will find.
  const query =
    anyOf === undefined
      ? {
          name: `environment_page ${Object.keys(definedOnly(filter)).join()} ${kind}`,
          text: `${select} WHERE e.id = ANY (ARRAY(SELECT e.id FROM environment.environments e WHERE ${where}
            ORDER BY ${orderBy(order)} LIMIT $2 OFFSET $3)) ORDER BY ${orderBy(order)}`,
        }
      : {
          text: `${select} WHERE e.id = ANY (ARRAY(${idsOfAny(table, where, anyOf, order)})) ORDER BY ${orderBy(order)}`,
        };
  const { rows } = await db.query<Row>({ ...query, values });
  return rows.map((row) => row.environment);
}

/** On all pages together. */
export function countEnvironments(db: Queryable, filter: EnvironmentFilter) {
  const values: unknown[] = [];
  const { narrowed, anyOf } = conditionsOf(filter, binderOf(values));
  return countRows(db, rowsOfAny(table, narrowed, anyOf), values);
}

/** False when the id is taken. */
export async function insertEnvironment(
  db: Queryable,
  id: string,
  fields: EnvironmentFields,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'environment_insert',
    text: `INSERT INTO environment.environments (id, username, password, connection_protocol, local_timeout_seconds,
        remote_timeout_seconds, trace_mode, tenant, app_name, tls_enabled, consul_service, srv_record,
        tls_ca, tls_server_name, tls_cert, tls_key, directory, ldap, ldap_bind_password)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (id) DO NOTHING`,
    values: [id, ...columnsOf(fields)],
  });
  if (rowCount === 0) return false;
  await insertConfigServers(db, id, fields.configServers);
  return true;
}

/** False when another environment has the name. */
export async function giveName(db: Queryable, id: string, name: string): Promise<boolean> {
  await db.query('DELETE FROM environment.environment_names WHERE environment_id = $1', [id]);
  const { rowCount } = await db.query(
    `INSERT INTO environment.environment_names (environment_id, name, name_key)
      VALUES ($1, $2::text, lower($2::text)) ON CONFLICT DO NOTHING`,
    [id, name],
  );
  return rowCount === 1;
}

export async function isNameOfAnother(db: Queryable, id: string, name: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM environment.environment_names WHERE name_key = lower($2::text) AND environment_id <> $1',
    [id, name],
  );
  return rowCount !== 0;
}

/** Gives the usual name, with a number where others have it, and returns it. */
export async function giveUsualName(db: Queryable, id: string): Promise<string> {
  const insert = async (mark: string): Promise<string | undefined> => {
    const { rows } = await db.query<{ name: string }>(
      `INSERT INTO environment.environment_names (environment_id, name, name_key)
        SELECT $1, candidate, lower(candidate)
        FROM generate_series(1, 1000) AS number,
          concat_ws(' ', left(environment.usual_name($1), 200), '(' || coalesce($2, nullif(number, 1)::text) || ')') AS candidate
        WHERE NOT EXISTS (SELECT 1 FROM environment.environment_names n WHERE n.name_key = lower(candidate))
        LIMIT 1
        ON CONFLICT DO NOTHING RETURNING name`,
      [id, mark || null],
    );
    return rows[0]?.name;
  };
  // Of many that are made at once, one gets the number, and the others are told apart by their ids.
  const name = (await insert('')) ?? (await insert(id.slice(0, 8))) ?? (await insert(id));
  if (name === undefined) throw new Error(`environment ${id} has no name that is free`);
  return name;
}

/** Takes names from environments that will have others; until then they are told apart by their ids. */
export async function freeNames(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE environment.environment_names SET name = left(name, 200) || ' (' || environment_id || ')',
        name_key = lower(left(name, 200) || ' (' || environment_id || ')')
      WHERE environment_id = ANY ($1::uuid[])`,
    [ids],
  );
}

/** Gives it a new version; its servers stay as they are. Call it under the lock. */
export async function updateEnvironment(db: Queryable, id: string, fields: EnvironmentFields): Promise<void> {
  await db.query({
    name: 'environment_update',
    text: `UPDATE environment.environments SET username = $2, password = $3, connection_protocol = $4,
        local_timeout_seconds = $5, remote_timeout_seconds = $6, trace_mode = $7, tenant = $8, app_name = $9,
        tls_enabled = $10, consul_service = $11, srv_record = $12, tls_ca = $13, tls_server_name = $14,
        tls_cert = $15, tls_key = $16, directory = $17, ldap = $18, ldap_bind_password = $19, version = nextval('environment.versions'), updated_at = now()
      WHERE id = $1`,
    values: [id, ...columnsOf(fields)],
  });
}

export async function replaceConfigServers(
  db: Queryable,
  id: string,
  servers: readonly ConfigServerView[],
): Promise<void> {
  await db.query('DELETE FROM environment.config_servers WHERE environment_id = $1', [id]);
  await insertConfigServers(db, id, servers);
}

export async function deleteEnvironment(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM environment.environments WHERE id = $1', [id]);
}

/** Ids of contact centres that use it, at most `limit`. */
export async function contactCentersUsing(db: Queryable, id: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'SELECT id FROM environment.contact_centers WHERE environment_id = $1 ORDER BY ordinal LIMIT $2',
    [id, limit],
  );
  return rows.map((row) => row.id);
}

async function insertConfigServers(
  db: Queryable,
  environmentId: string,
  servers: readonly ConfigServerView[],
) {
  await db.query({
    name: 'config_servers_insert',
    text: `WITH given AS (
        SELECT entry ->> 'id' AS id, position - 1 AS position, entry
        FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS list (entry, position)
      ), servers AS (
        INSERT INTO environment.config_servers (id, environment_id, position, primary_address, primary_port,
          backup_address, backup_port, read_only)
        SELECT id::uuid, $1, position, entry ->> 'primaryAddress', (entry ->> 'primaryPort')::integer,
          entry ->> 'backupAddress', (entry ->> 'backupPort')::integer, (entry ->> 'readOnly')::boolean
        FROM given
      )
      INSERT INTO environment.config_server_locations (environment_id, config_server_id, location)
      SELECT $1, given.id::uuid, location FROM given, jsonb_array_elements_text(entry -> 'locations') AS location`,
    values: [environmentId, JSON.stringify(servers)],
  });
}

function columnsOf(fields: EnvironmentFields): unknown[] {
  return [
    fields.username || null,
    fields.passwordEnvelope || null,
    fields.connectionProtocol,
    fields.localTimeout,
    fields.remoteTimeout,
    fields.traceMode,
    fields.tenant || null,
    fields.appName,
    fields.tlsEnabled,
    fields.consulService ?? null,
    fields.srvRecord ?? null,
    fields.tls?.ca ?? null,
    fields.tls?.serverName ?? null,
    fields.tls?.mutual?.cert ?? null,
    fields.tls?.mutual?.keyEnvelope ?? null,
    fields.directory,
    fields.ldap === undefined ? null : JSON.stringify(shownLdap(fields.ldap)),
    fields.ldap?.bindPasswordEnvelope ?? null,
  ];
}
