/** Migrates the schema `environment` to the version of this build. */
import type { Logger } from '@gatehouse/service-kit/observability';
import { migrate, type PostgresConfig } from '@gatehouse/service-kit/postgres';

export const schema = 'environment';
export const migrationsFolder = new URL('../migrations/', import.meta.url);

/** Returns the names of the migrations that ran. */
export function migrateDatabase(postgres: PostgresConfig, log: Logger): Promise<string[]> {
  return migrate(postgres, { schema, folder: migrationsFolder, log });
}
