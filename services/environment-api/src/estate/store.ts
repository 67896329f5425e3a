/** Everything there is, of one moment; contact centres in pages, because there may be many. */

import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres/pool';
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

export interface EstateFrame {
  /** Number of the newest change. */
  change: number;
  locations: string[];
  settings: Setting[];
  environments: Environment[];
}

export interface Estate extends EstateFrame {
  contactCenters: StoredCenter[];
}

const centersOfPage = 25;
/** A reader who takes nothing for so long has gone, and the old rows that he holds may be cleaned up. */
const idleSeconds = 60;

const settingJson = `json_build_object('name', s.name, 'value', s.value, 'location', s.location, 'shared', s.shared)`;
const listOf = (json: string, order: string) => `coalesce(json_agg(${json} ORDER BY ${order}), '[]'::json)`;
const settingOrder = 's.name COLLATE "C", s.location';

/** To be asked inside a transaction that sees one moment, or under the lock that keeps writers away. */
export async function readFrame(db: Queryable): Promise<EstateFrame> {
  const { rows } = await db.query<EstateFrame>(`SELECT
    (SELECT coalesce(max(seq), 0)::float8 FROM environment.changes) AS change,
    (SELECT ${listOf('location', 'location')} FROM environment.declared_locations) AS locations,
    (SELECT ${listOf(settingJson, settingOrder)} FROM environment.global_settings s) AS settings,
    (SELECT ${listOf(environmentJson, 'e.ordinal')} FROM environment.environments e) AS environments`);
  if (!rows[0]) throw new Error('a SELECT without FROM gave no row');
  return rows[0];
}

/** In the order of their creation. */
export async function* readCenters(db: Queryable): AsyncGenerator<StoredCenter[]> {
  for (let after = 0; ; ) {
    const { rows } = await db.query<StoredCenter>({
      name: 'estate_contact_centers',
      text: `SELECT ${contactCenterJson} AS center,
        (SELECT ${listOf(settingJson, settingOrder)}
          FROM environment.settings s WHERE s.contact_center_id = c.id) AS settings,
        (SELECT ${listOf(
          `json_build_object('protocol', o.protocol, 'location', o.location, 'settings', o.settings, 'secret', o.secret)`,
          'o.protocol, o.location',
        )} FROM environment.single_sign_on o WHERE o.contact_center_id = c.id) AS "signOn"
        FROM environment.contact_centers c WHERE c.ordinal > $1 ORDER BY c.ordinal LIMIT ${centersOfPage}`,
      values: [after],
    });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < centersOfPage) return;
    after = last.center.ordinal;
  }
}

export async function readEstate(db: Queryable): Promise<Estate> {
  const frame = await readFrame(db);
  const contactCenters: StoredCenter[] = [];
  for await (const page of readCenters(db)) contactCenters.push(...page);
  return { ...frame, contactCenters };
}

export interface Snapshot {
  frame: EstateFrame;
  pages: AsyncGenerator<StoredCenter[]>;
  /** Gives the connection back, read to the end or not; more than once is the same. */
  close(): Promise<void>;
}

/** What another one writes meanwhile is not seen. */
export async function openSnapshot(pool: Pool): Promise<Snapshot> {
  const client = await pool.connect();
  // Between two pages nobody waits for an answer who would hear of it; the next query does.
  const ignore = () => {};
  client.on('error', ignore);
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    // Nothing was written: there is nothing to commit.
    const failure = await client.query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
    client.off('error', ignore);
    client.release(failure);
  };
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${idleSeconds}s'`);
    return { frame: await readFrame(client), pages: readCenters(client), close };
  } catch (error) {
    await close();
    throw error;
  }
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
