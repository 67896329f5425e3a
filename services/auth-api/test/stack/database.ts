/** Databases with the tables of this version: copies of one that a run of the tests migrates once. */
import { Secret } from '@gatehouse/service-kit/crypto';
import { migrate, type PostgresConfig } from '@gatehouse/service-kit/postgres';
import { createFilledDatabase } from '@gatehouse/testing/postgres';
import { silentLog } from './redis.ts';

export const createAuthDatabase = () => createFilledDatabase('auth', migrateAuth);

export async function migrateAuth(url: string): Promise<void> {
  const folder = new URL('../../migrations/', import.meta.url);
  await migrate(postgresAt(url), { schema: 'auth', folder, log: silentLog });
}

export const postgresAt = (url: string): PostgresConfig => ({
  ...{ url: new Secret(url), host: '', port: 0, database: '', username: '', password: undefined },
  ...{ ssl: 'off', poolSize: 5, poolCheckoutTimeoutMs: 2000, statementTimeoutMs: 5000 },
});
