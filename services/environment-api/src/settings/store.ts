/** Stores settings in the table `settings`, and reads contact centres together with their settings. */

import type { Setting } from '@gatehouse/contracts/environment-administration';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type ContactCenter, contactCenterJson } from '../contact-centers/contact-center.ts';
import { settingsJson } from '../fields/settings-json.ts';

export interface ContactCenterWithSettings {
  center: ContactCenter;
  /** Of all locations, by name. */
  settings: Setting[];
  /** Global settings, and the version that covers them. */
  global: { version: number; settings: Setting[] };
}

const select = `SELECT ${contactCenterJson} AS center,
  ${settingsJson('environment.settings WHERE contact_center_id = c.id')} AS settings,
  (SELECT json_build_object('version', v.version, 'settings', ${settingsJson('environment.global_settings')})
    FROM environment.global_settings_version v) AS global
  FROM environment.contact_centers c`;

export async function readSettingsOf(
  db: Queryable,
  id: string,
): Promise<ContactCenterWithSettings | undefined> {
  return first(db, 'settings_by_contact_center', `${select} WHERE c.id = $1`, id);
}

export async function readSettingsByDomain(db: Queryable, key: string) {
  const text = `${select} WHERE c.id = (
    SELECT d.contact_center_id FROM environment.contact_center_domains d WHERE d.domain_key = $1)`;
  return first(db, 'settings_by_domain', text, key);
}

export async function readSetting(db: Queryable, contactCenterId: string, name: string, location: string) {
  const { rows } = await db.query<Pick<Setting, 'value' | 'shared'>>(
    `SELECT value, shared FROM environment.settings
      WHERE contact_center_id = $1 AND name = $2 AND location = $3`,
    [contactCenterId, name, location],
  );
  return rows[0];
}

/** Whether the contact centre has a value under the name, or inherits one. */
export async function hasName(db: Queryable, contactCenterId: string, name: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM environment.settings WHERE contact_center_id = $1 AND name = $2)
      OR EXISTS (SELECT FROM environment.global_settings WHERE name = $2) AS found`,
    [contactCenterId, name],
  );
  return rows[0]?.found === true;
}

/** The values of a name at all locations. */
export async function readSettingsNamed(
  db: Queryable,
  contactCenterId: string,
  name: string,
): Promise<Setting[]> {
  const { rows } = await db.query<Setting>(
    `SELECT name::text, value, location::text, shared FROM environment.settings
      WHERE contact_center_id = $1 AND name = $2 ORDER BY location`,
    [contactCenterId, name],
  );
  return rows;
}

export async function upsertSetting(db: Queryable, contactCenterId: string, setting: Setting): Promise<void> {
  await db.query({
    name: 'setting_upsert',
    text: `INSERT INTO environment.settings (contact_center_id, name, location, value, shared)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (contact_center_id, name, location)
      DO UPDATE SET value = excluded.value, shared = excluded.shared, updated_at = now()`,
    values: [contactCenterId, setting.name, setting.location, setting.value, setting.shared],
  });
}

/** Deletes the values of a name, at one location or at all; returns the deleted ones. */
export async function deleteSettings(
  db: Queryable,
  contactCenterId: string,
  name: string,
  location: string | undefined,
): Promise<Setting[]> {
  const { rows } = await db.query<Setting>(
    `DELETE FROM environment.settings
      WHERE contact_center_id = $1 AND name = $2 AND ($3::text IS NULL OR location = $3)
      RETURNING name::text, value, location::text, shared`,
    [contactCenterId, name, location ?? null],
  );
  return rows;
}

async function first(db: Queryable, name: string, text: string, value: string) {
  const { rows } = await db.query<ContactCenterWithSettings>({ name, text, values: [value] });
  return rows[0];
}
