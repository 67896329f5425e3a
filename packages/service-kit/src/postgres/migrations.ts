/** Compares the migrations that a database has with those of this version. */
import { readdir } from 'node:fs/promises';
import { say } from '../sentences/say.ts';
import type { Queryable } from './pool.ts';

/** A newer schema is right: a release that is rolled back works with it. @throws Error that says what to do */
export async function assertMigrated(db: Queryable, schema: string, folder: URL): Promise<void> {
  const { lack } = await compareMigrations(db, schema, folder);
  if (lack !== undefined) throw new Error(lack.message);
}

export async function compareMigrations(db: Queryable, schema: string, folder: URL) {
  const files = await migrationsIn(folder);
  const done = await migrationsOf(db, schema);
  const missing = files.filter((name) => !done.has(name));
  const lack =
    done.size === 0
      ? say('probe.postgresql.noSchema', { schema })
      : say('probe.postgresql.lacks', { schema, names: missing });
  return {
    missing,
    /** Of a newer version. */
    unknown: [...done].filter((name) => !files.includes(name)),
    /** The remedy, where something is missing. */
    lack: missing.length > 0 ? lack : undefined,
  };
}

async function migrationsIn(folder: URL): Promise<string[]> {
  const files = await readdir(folder);
  return files.filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -4));
}

async function migrationsOf(db: Queryable, schema: string): Promise<Set<string>> {
  try {
    const { rows } = await db.query<{ name: string }>(`SELECT name FROM ${schema}.migrations`);
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    // undefined_table: nothing was migrated yet.
    if ((error as { code?: string }).code === '42P01') return new Set();
    throw error;
  }
}
