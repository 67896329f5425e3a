/** Creates disposable PostgreSQL databases on the server that the test run started once. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestDatabase {
  /** Connection string of a database of its own, owned by a role that is no superuser. */
  readonly url: string;
  close(): Promise<void>;
}

/** Environment variable with the URL of the shared server; the global set-up sets it. */
export const sharedServerVariable = 'GATEHOUSE_TEST_POSTGRES_URL';

/** An empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = sharedServerUrl();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdministrator(serverUrl, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
    await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
  });
  const url = new URL(serverUrl);
  url.username = name;
  url.password = name;
  url.pathname = `/${name}`;
  return {
    url: url.href,
    close: () =>
      asAdministrator(serverUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await client.query(`DROP ROLE IF EXISTS ${name}`);
      }),
  };
}

export interface TestPostgres extends TestDatabase {
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
}

/** A whole server of its own, for tests that stop and start it. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await temporaryFolder();
  const dataDir = join(folder, 'data');
  const port = await freePort();
  const password = randomBytes(8).toString('hex');
  const launch = () => startPostgresServer({ dataDir, port, persistent: true, password, fast: true });
  let server: PostgresServer | undefined = await launch();
  return {
    url: server.url,
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async start() {
      server ??= await launch();
    },
    async close() {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function sharedServerUrl(): string {
  const url = process.env[sharedServerVariable];
  if (!url)
    throw new Error(`${sharedServerVariable} is not set: run the tests through vitest's global set-up`);
  return url;
}

async function asAdministrator(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
