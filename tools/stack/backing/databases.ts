/** Creates the database and the two roles of the services, on the embedded server or on one given by URL. */
import { existsSync, rmSync } from 'node:fs';
import pg from 'pg';
import { PlainError } from '../../bootstrap/progress.mjs';
import type { StatePaths } from '../state/paths.ts';
import { writePrivateFile } from '../state/private-file.ts';
import type { Secrets } from '../state/secrets.ts';

export interface ServiceDatabases {
  readonly authUrl: string;
  readonly environmentUrl: string;
  /** The given account on the services' database. */
  readonly adminUrl: string;
}

const database = 'gatehouse';
const schemas = ['auth', 'environment'] as const;
type Schema = (typeof schemas)[number];

/** Creates what is missing. Throws PlainError with the statements to run when the account may not. */
export async function prepareDatabases(
  serverUrl: string,
  secrets: Secrets,
  paths: StatePaths,
): Promise<ServiceDatabases> {
  const databases: ServiceDatabases = {
    authUrl: withAccount(serverUrl, 'gatehouse_auth', secrets.authRolePassword),
    environmentUrl: withAccount(serverUrl, 'gatehouse_environment', secrets.environmentRolePassword),
    adminUrl: withDatabase(serverUrl, database),
  };
  // An administrator or an earlier start has prepared them.
  if ((await canUse(databases.authUrl)) && (await canUse(databases.environmentUrl))) return databases;
  await createAll(serverUrl, secrets, paths);
  return databases;
}

/** Deletes the data of the services on a shared server: their two schemas. */
export async function dropSchemas(serverUrl: string): Promise<void> {
  const url = withDatabase(serverUrl, database);
  await withClient(serverUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) return;
    await withClient(url, async (inside) => {
      for (const schema of schemas) await inside.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    });
  });
}

async function createAll(serverUrl: string, secrets: Secrets, paths: StatePaths): Promise<void> {
  await withClient(serverUrl, async (client) => {
    try {
      for (const schema of schemas) await createRole(client, schema, rolePassword(schema, secrets));
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
      for (const schema of schemas)
        await client.query(`GRANT CONNECT, CREATE ON DATABASE ${database} TO gatehouse_${schema}`);
      if (existsSync(paths.createDatabaseSql)) rmSync(paths.createDatabaseSql);
    } catch (error) {
      // 42501 insufficient_privilege
      if ((error as { code?: string }).code !== '42501') throw error;
      writePrivateFile(paths.createDatabaseSql, statements(secrets));
      throw new PlainError(
        `The PostgreSQL account of the given address may not create the database "${database}" and the roles ` +
          `gatehouse_auth and gatehouse_environment. Have an account that may run this file, then start again:\n` +
          `  psql ADDRESS -f ${paths.createDatabaseSql}`,
      );
    }
  });
}

async function createRole(client: pg.Client, schema: Schema, password: string): Promise<void> {
  const role = `gatehouse_${schema}`;
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
}

/** Passwords are base64url: nothing in them needs escaping. */
function statements(secrets: Secrets): string {
  const roles = schemas.map(
    (schema) => `CREATE ROLE gatehouse_${schema} LOGIN PASSWORD '${rolePassword(schema, secrets)}';\n`,
  );
  const grants = schemas.map(
    (schema) => `GRANT CONNECT, CREATE ON DATABASE ${database} TO gatehouse_${schema};\n`,
  );
  return [...roles, `CREATE DATABASE ${database};\n`, ...grants].join('');
}

function rolePassword(schema: Schema, secrets: Secrets): string {
  return schema === 'auth' ? secrets.authRolePassword : secrets.environmentRolePassword;
}

function withAccount(serverUrl: string, username: string, password: string): string {
  const url = new URL(withDatabase(serverUrl, database));
  url.username = username;
  url.password = password;
  return url.href;
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function canUse(url: string): Promise<boolean> {
  try {
    return await withClient(url, async (client) => {
      const { rows } = await client.query(
        "SELECT has_database_privilege(current_database(), 'CREATE') AS may",
      );
      return rows[0]?.may === true;
    });
  } catch {
    return false;
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new PlainError(`PostgreSQL at ${host}${pathname} cannot be used: ${(error as Error).message}`);
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
