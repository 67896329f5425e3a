import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, sharedServerVariable } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { dropSchemas, prepareDatabases } from '../backing/databases.ts';
import { createFolders, statePaths } from '../state/paths.ts';
import { loadSecrets } from '../state/secrets.ts';

const adminUrl = process.env[sharedServerVariable] as string;
const paths = statePaths(mkdtempSync(join(tmpdir(), 'gatehouse-databases-')));
createFolders(paths);
const secrets = loadSecrets(paths);

async function run(url: string, ...statements: string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results = [];
    for (const statement of statements) results.push(await client.query(statement));
    return results;
  } finally {
    await client.end();
  }
}

afterAll(async () => {
  rmSync(paths.folder, { recursive: true });
  await run(
    adminUrl,
    'DROP DATABASE IF EXISTS gatehouse WITH (FORCE)',
    'DROP ROLE IF EXISTS gatehouse_auth',
    'DROP ROLE IF EXISTS gatehouse_environment',
  );
});

test('an account that may not create anything is told what to run; afterwards it works', async () => {
  const poor = await createTestDatabase();
  await expect(prepareDatabases(poor.url, secrets, paths)).rejects.toThrow(paths.createDatabaseSql);
  expect(statSync(paths.createDatabaseSql).mode & 0o777).toBe(0o600);
  // CREATE DATABASE does not run inside the transaction that one query of several statements is.
  const statements = readFileSync(paths.createDatabaseSql, 'utf8').trim().split('\n');
  await run(adminUrl, ...statements);
  const databases = await prepareDatabases(poor.url, secrets, paths);
  await poor.close();
  const [, , made] = await run(
    databases.authUrl,
    'CREATE SCHEMA auth',
    'CREATE TABLE auth.kept ()',
    "SELECT rolsuper, (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'auth') AS owner FROM pg_roles WHERE rolname = current_user",
  );
  expect(made?.rows).toEqual([{ rolsuper: false, owner: 'gatehouse_auth' }]);
});

test('a second start changes nothing; the roles cannot see each other’s schema', async () => {
  const databases = await prepareDatabases(adminUrl, secrets, paths);
  await expect(run(databases.environmentUrl, 'SELECT * FROM auth.kept')).rejects.toThrow(/permission denied/);
});

test('a reset drops the schemas and leaves the database', async () => {
  await dropSchemas(adminUrl);
  const databases = await prepareDatabases(adminUrl, secrets, paths);
  const [result] = await run(databases.authUrl, "SELECT 1 FROM pg_namespace WHERE nspname = 'auth'");
  expect(result?.rows).toEqual([]);
});

test('a server that is not there is named without its password', async () => {
  await expect(prepareDatabases('postgres://user:secret@127.0.0.1:1/x', secrets, paths)).rejects.toThrow(
    /^PostgreSQL at 127\.0\.0\.1:1\/x cannot be used/,
  );
});
