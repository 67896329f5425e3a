/** Everything there is, in one statement and thus of one moment. */

import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import { contactCenterJson } from '../contact-centers/row.ts';
import type { Environment } from '../environments/environment.ts';
import { environmentJson } from '../environments/row.ts';

export interface StoredSignOn {
  protocol: 'saml' | 'oidc';
  location: string;
  settings: Record<string, unknown>;
  /** Sealed. */
  secret: string | null;
}

export interface StoredCenter {
  center: ContactCenter;
  settings: Setting[];
  signOn: StoredSignOn[];
}

export interface Estate {
  /** Number of the newest change. */
  change: number;
  locations: string[];
  settings: Setting[];
  environments: Environment[];
  contactCenters: StoredCenter[];
}

const settingJson = `json_build_object('name', s.name, 'value', s.value, 'location', s.location, 'shared', s.shared)`;
const listOf = (json: string, order: string) => `coalesce(json_agg(${json} ORDER BY ${order}), '[]'::json)`;
const settingOrder = 's.name COLLATE "C", s.location';

export async function readEstate(db: Queryable): Promise<Estate> {
  const { rows } = await db.query<Estate>(`SELECT
    (SELECT coalesce(max(seq), 0)::float8 FROM environment.changes) AS change,
    (SELECT ${listOf('location', 'location')} FROM environment.declared_locations) AS locations,
    (SELECT ${listOf(settingJson, settingOrder)} FROM environment.global_settings s) AS settings,
    (SELECT ${listOf(environmentJson, 'e.ordinal')} FROM environment.environments e) AS environments,
    (SELECT ${listOf(
      `json_build_object('center', ${contactCenterJson},
        'settings', (SELECT ${listOf(settingJson, settingOrder)}
          FROM environment.settings s WHERE s.contact_center_id = c.id),
        'signOn', (SELECT ${listOf(
          `json_build_object('protocol', o.protocol, 'location', o.location, 'settings', o.settings, 'secret', o.secret)`,
          'o.protocol, o.location',
        )} FROM environment.single_sign_on o WHERE o.contact_center_id = c.id))`,
      'c.ordinal',
    )} FROM environment.contact_centers c) AS "contactCenters"`);
  if (!rows[0]) throw new Error('a SELECT without FROM gave no row');
  return rows[0];
}

/** No other writer commits until the transaction ends: the lock under which changes are numbered. */
export async function holdWriters(db: Queryable): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtext('gatehouse.changes'), hashtext('environment'))`);
}

/** Sets domains free that are about to move between contact centres. */
export async function freeDomains(db: Queryable, contactCenterIds: readonly string[]): Promise<void> {
  await db.query(
    'DELETE FROM environment.contact_center_domains WHERE contact_center_id = ANY ($1::uuid[])',
    [contactCenterIds],
  );
}
