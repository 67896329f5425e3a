/** Creates disposable PostgreSQL databases on the server that the test run started once. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort } from '../network/ports.ts';
import { temporaryFolder } from '../programs/temporary-folder.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { createStandby } from './postgres-standby.ts';

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
  /** Resolves the value of an expression, computed by the superuser. */
  ask(expression: string): Promise<unknown>;
  /** A server of its own that follows this one until it is promoted. */
  startStandby(): Promise<TestPostgres>;
}

/** A whole server of its own, for tests that stop and start it. */
export async function startPostgres(): Promise<TestPostgres> {
  const dataDir = join(await temporaryFolder(), 'data');
  return startOn(dataDir, randomBytes(8).toString('hex'));
}

async function startOn(dataDir: string, password: string): Promise<TestPostgres> {
  const port = await freePort();
  const launch = () => startPostgresServer({ dataDir, port, persistent: true, password, fast: true });
  let server: PostgresServer | undefined = await launch();
  const { url } = server;
  return {
    url,
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async start() {
      server ??= await launch();
    },
    async ask(expression) {
      return asAdministrator(url, async (client) => {
        const { rows } = await client.query(`SELECT ${expression} AS answer`);
        return rows[0]?.answer;
      });
    },
    async startStandby() {
      const own = join(await temporaryFolder(), 'data');
      await createStandby({
        primaryUrl: url,
        primaryDataDir: dataDir,
        dataDir: own,
        slot: `standby_${randomBytes(4).toString('hex')}`,
      });
      return startOn(own, password);
    },
    async close() {
      await server?.stop();
      await rm(dirname(dataDir), { recursive: true, force: true });
    },
  };
}

function sharedServerUrl(): string {
  const url = process.env[sharedServerVariable];
  if (!url)
    throw new Error(`${sharedServerVariable} is not set: run the tests through vitest's global set-up`);
  return url;
}

async function asAdministrator<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
