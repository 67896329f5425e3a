/** Stores global settings in the tables `global_settings` and `global_settings_version`. */

import type { Setting } from '@gatehouse/contracts/environment-administration';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { settingsJson } from '../fields/settings-json.ts';

export interface GlobalSettings {
  /** Covers all of them. */
  version: number;
  /** By name, then location. */
  settings: Setting[];
}

export async function readGlobalSettings(db: Queryable): Promise<GlobalSettings> {
  const { rows } = await db.query<GlobalSettings>({
    name: 'global_settings',
    text: `SELECT v.version::float8 AS version, ${settingsJson('environment.global_settings')} AS settings
      FROM environment.global_settings_version v`,
  });
  if (!rows[0]) throw new Error('the row of global_settings_version is missing');
  return rows[0];
}

export async function readGlobalSettingsNamed(db: Queryable, name: string): Promise<Setting[]> {
  const { rows } = await db.query<Setting>(
    'SELECT name::text, value, location::text, shared FROM environment.global_settings WHERE name = $1',
    [name],
  );
  return rows;
}

export async function readGlobalVersion(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ version: string }>({
    name: 'global_version',
    text: 'SELECT version FROM environment.global_settings_version',
  });
  return Number(rows[0]?.version);
}

/** Locks the settings until the transaction ends; returns their version. */
export async function lockGlobalSettings(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ version: string }>(
    'SELECT version FROM environment.global_settings_version FOR UPDATE',
  );
  return Number(rows[0]?.version);
}

/** Call it under the lock, after a change. */
export async function renewGlobalVersion(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ version: string }>(
    `UPDATE environment.global_settings_version SET version = nextval('environment.versions') RETURNING version`,
  );
  return Number(rows[0]?.version);
}

export async function upsertGlobalSetting(db: Queryable, setting: Setting): Promise<void> {
  await db.query({
    name: 'global_setting_upsert',
    text: `INSERT INTO environment.global_settings (name, location, value, shared) VALUES ($1, $2, $3, $4)
      ON CONFLICT (name, location)
      DO UPDATE SET value = excluded.value, shared = excluded.shared, updated_at = now()`,
    values: [setting.name, setting.location, setting.value, setting.shared],
  });
}

/** Deletes the values of a name, at one location or at all; returns the deleted ones. */
export async function deleteGlobalSettings(db: Queryable, name: string, location: string | undefined) {
  const { rows } = await db.query<Setting>(
    `DELETE FROM environment.global_settings WHERE name = $1 AND ($2::text IS NULL OR location = $2)
      RETURNING name::text, value, location::text, shared`,
    [name, location ?? null],
  );
  return rows;
}
