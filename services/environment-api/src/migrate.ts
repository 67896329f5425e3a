/** Migrates the schema `environment` to the version of this build. */
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { migrate } from '@gatehouse/service-kit/postgres/migrate';
import type { PostgresConfig } from '@gatehouse/service-kit/postgres/pool';

export const schema = 'environment';
export const migrationsFolder = new URL('../migrations/', import.meta.url);

/** Returns the names of the migrations that ran. */
export function migrateDatabase(postgres: PostgresConfig, log: Logger): Promise<string[]> {
  return migrate(postgres, { schema, folder: migrationsFolder, log });
}
