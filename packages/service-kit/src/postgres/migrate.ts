/** Migrates a service's schema to the version of this build. */
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Logger } from '../logging/logger.ts';
import { compareMigrations } from './migrations.ts';
import { connectionOptions, type PostgresConfig } from './pool.ts';

export interface MigrateOptions {
  schema: string;
  /** Folder of timestamped .sql files with "-- Up Migration" and "-- Down Migration" parts. */
  folder: URL;
  log: Logger;
}

/**
 * Runs missing migrations in order; pods that start together wait for each other. Returns the names that ran.
 * @throws Error on a standby that lacks one: the region that writes runs them
 */
export async function migrate(
  config: PostgresConfig,
  { schema, folder, log }: MigrateOptions,
): Promise<string[]> {
  if (await isCurrentStandby(config, schema, folder)) {
    log.info({ schema }, 'this PostgreSQL is a standby, and has every migration of the region that writes');
    return [];
  }
  // Loaded only by the migrating process: it needs 20 MB of memory.
  const { runner } = await import('node-pg-migrate');
  const done = await runner({
    databaseUrl: connectionOptions(config),
    dir: fileURLToPath(folder),
    // The folder also has a README.
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    schema,
    createSchema: true,
    createMigrationsSchema: true,
    advisoryLockMode: 'wait',
    checkOrder: true,
    singleTransaction: true,
    logger: {
      debug: (message: string) => log.debug(message),
      info: (message: string) => log.debug(message),
      warn: (message: string) => log.warn(message),
      error: (message: string) => log.error(message),
    },
  });
  const names = done.map(({ name }) => name);
  log.info({ schema, migrations: names }, names.length > 0 ? 'database migrated' : 'database is up to date');
  return names;
}

async function isCurrentStandby(config: PostgresConfig, schema: string, folder: URL): Promise<boolean> {
  const client = new pg.Client(connectionOptions(config));
  await client.connect();
  try {
    const { rows } = await client.query<{ is: boolean }>('SELECT pg_is_in_recovery() AS is');
    if (rows[0]?.is !== true) return false;
    const { missing } = await compareMigrations(client, schema, folder);
    if (missing.length === 0) return true;
    throw new Error(
      `This PostgreSQL is a standby whose schema ${schema} lacks ${missing.join(', ')}: upgrade the region that writes first.`,
    );
  } finally {
    await client.end();
  }
}
