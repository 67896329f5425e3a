/** Migrates a service's schema to the version of this build. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { postgresFailure } from '../errors/store-failures.ts';
import { reasonOf } from '../health/reason.ts';
import type { Logger } from '../observability/logging/logger.ts';
import { compareMigrations } from './migrations.ts';
import { connectionOptions, noticesDeadClients, type PostgresConfig } from './pool.ts';

export interface MigrateOptions {
  schema: string;
  /** Folder of timestamped .sql files with "-- Up Migration" and "-- Down Migration" parts. */
  folder: URL;
  log: Logger;
  /** How long a database that does not answer, or whose tables others hold, is tried again. */
  patienceMs?: number;
}

const connectTimeoutMs = 10_000;
/** A statement that waits for a table, as while a backup reads it, makes everybody who comes later wait too, readers as well. */
const lockTimeoutMs = 2000;
const pauseMs = 1000;

/**
 * Runs missing migrations in order, all or none; pods that start together wait for each other. Returns the names that ran.
 * @throws Error whose message is one sentence for the operator
 */
export async function migrate(config: PostgresConfig, options: MigrateOptions): Promise<string[]> {
  const { schema, log, patienceMs = 60_000 } = options;
  const startedMs = performance.now();
  const progress: Progress = {};
  let logged: string | undefined;
  for (;;) {
    try {
      return await migrateOnce(config, options, progress);
    } catch (error) {
      const reason = (progress.file ? `${progress.file}: ` : '') + reasonOf(error);
      const passedMs = performance.now() - startedMs;
      const isWorthRepeating = postgresFailure(error as Error)?.status === 503;
      if (!isWorthRepeating || passedMs > patienceMs) {
        const tried = isWorthRepeating ? `, after ${Math.round(passedMs / 1000)} s of trying` : '';
        const sentence = `The schema ${schema} was not migrated${tried}, and nothing was changed: ${reason}`;
        throw new Error(sentence.replace(/\.?$/, '.'), { cause: error });
      }
      if (reason !== logged) log.warn({ schema, reason }, 'the migration waits for the database');
      logged = reason;
      await delay(pauseMs);
    }
  }
}

interface Progress {
  /** The migration that runs. */
  file?: string;
}

async function migrateOnce(
  config: PostgresConfig,
  { schema, folder, log }: MigrateOptions,
  progress: Progress,
): Promise<string[]> {
  const client = new pg.Client({
    ...connectionOptions(config),
    options: noticesDeadClients,
    connectionTimeoutMillis: connectTimeoutMs,
    lock_timeout: lockTimeoutMs,
  });
  // The query that notices it fails too.
  client.on('error', (error) => log.debug({ err: error }, 'the connection of the migration broke'));
  try {
    await client.connect();
    const { isNew, isStandby } = await readRights(client, schema);
    const { missing, unknown } = await compareMigrations(client, schema, folder);
    if (unknown.length > 0 && missing.length > 0)
      throw new Error(
        `it has ${unknown.join(', ')}, which this version does not know, and lacks ${missing.join(', ')}: use a version that has all of them`,
      );
    if (unknown.length > 0) {
      log.info({ schema, unknown }, 'the schema is newer than this version, which works with it');
      return [];
    }
    if (isStandby && missing.length > 0)
      throw new Error(
        `this PostgreSQL is the standby of another region, and lacks ${missing.join(', ')}: upgrade the region that writes first`,
      );
    const names = missing.length > 0 ? await run(client, { schema, folder, log }, isNew, progress) : [];
    log.info(
      { schema, migrations: names },
      names.length > 0 ? 'database migrated' : 'database is up to date',
    );
    return names;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function run(
  client: pg.Client,
  { schema, folder, log }: MigrateOptions,
  isNew: boolean,
  progress: Progress,
): Promise<string[]> {
  // Loaded only by the migrating process: it needs 20 MB of memory.
  const { runner } = await import('node-pg-migrate');
  // A failure is thrown as well, and logged once.
  const debug = (message: string) => {
    log.debug(message);
    const file = /^### MIGRATION (\S+) \(UP\)/.exec(message)?.[1];
    if (file !== undefined) progress.file = file;
  };
  const done = await runner({
    dbClient: client,
    dir: fileURLToPath(folder),
    // The folder also has a README.
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    schema,
    createSchema: isNew,
    createMigrationsSchema: isNew,
    advisoryLockMode: 'wait',
    checkOrder: true,
    singleTransaction: true,
    logger: { debug, info: debug, warn: debug, error: debug },
  });
  delete progress.file;
  return done.map(({ name }) => name);
}

interface Rights {
  is_standby: boolean;
  role: string;
  database: string;
  owner: string | null;
  may_create_schema: boolean;
  may_create_tables: boolean | null;
}

/** `isNew`: the schema has to be created. @throws Error that names the missing right and how to grant it */
async function readRights(client: pg.Client, schema: string) {
  const { rows } = await client.query<Rights>(
    `SELECT current_user::text AS role, current_database() AS database, pg_get_userbyid(nspowner)::text AS owner,
      has_database_privilege(current_database(), 'CREATE') AS may_create_schema,
      has_schema_privilege(pg_namespace.oid, 'CREATE') AS may_create_tables, pg_is_in_recovery() AS is_standby
    FROM (VALUES ($1)) AS wanted(name) LEFT JOIN pg_namespace ON nspname = wanted.name`,
    [schema],
  );
  const rights = rows[0];
  if (!rights) throw new Error('a SELECT of one row gave none');
  const { role, database, owner } = rights;
  if (rights.is_standby) return { isNew: false, isStandby: true };
  if (owner === null && !rights.may_create_schema)
    throw new Error(
      `the role ${role} may not create it in the database ${database}: GRANT CREATE ON DATABASE ${database} TO ${role}`,
    );
  if (owner !== null && !rights.may_create_tables)
    throw new Error(
      `it belongs to the role ${owner}, and ${role} may create nothing there: ALTER SCHEMA ${schema} OWNER TO ${role}`,
    );
  return { isNew: owner === null, isStandby: false };
}
