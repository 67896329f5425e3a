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
  return {
    url: urlOf(serverUrl, name, name),
    close: () =>
      asAdministrator(serverUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await client.query(`DROP ROLE IF EXISTS ${name}`);
      }),
  };
}

/** The names of the databases that are filled, of this process. */
const filled = new Map<string, Promise<void>>();

/**
 * A copy of a database that whoever asks first fills, once in a run of the tests: a copy takes a quarter of the time that the migrations
 * of a service take. The copies belong to the same role. `fill` closes its connections.
 */
export async function createFilledDatabase(
  content: string,
  fill: (url: string) => Promise<void>,
): Promise<TestDatabase> {
  const serverUrl = sharedServerUrl();
  const original = `template_${content}`;
  const name = `test_${randomBytes(8).toString('hex')}`;
  if (!filled.has(original)) filled.set(original, fillOnce(serverUrl, original, fill));
  await filled.get(original);
  await asAdministrator(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${original} OWNER ${original}`),
  );
  return {
    url: urlOf(serverUrl, name, original),
    close: async () => {
      await asAdministrator(serverUrl, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      );
    },
  };
}

/** The processes of a run wait for the one that fills; what one left half-filled, another makes anew. */
async function fillOnce(serverUrl: string, name: string, fill: (url: string) => Promise<void>) {
  await asAdministrator(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query(
      'SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate',
      [name],
    );
    if (rowCount) return;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${name}`);
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
    await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    await fill(urlOf(serverUrl, name, name));
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
  });
}

function urlOf(serverUrl: string, database: string, role: string): string {
  const url = new URL(serverUrl);
  url.username = role;
  url.password = role;
  url.pathname = `/${database}`;
  return url.href;
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
