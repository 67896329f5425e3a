/** Reads the whole configuration as of one moment; contact centres in pages, because there may be many. */

import type { Setting } from '@gatehouse/contracts/environment-administration';
import { maxNumbersAtOnce, type PersonNumber } from '@gatehouse/contracts/environment-api';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres';
import type { StoredBranding } from '../branding/store.ts';
import { type ContactCenter, contactCenterJson } from '../contact-centers/contact-center.ts';
import { type Environment, environmentJson } from '../environments/environment.ts';
import { settingsJson } from '../fields/settings-json.ts';
import { listNumbers } from '../person-numbers/numbers.ts';

export interface StoredSignOn {
  protocol: SignOnProtocol;
  location: string;
  settings: Record<string, unknown>;
  /** Sealed. */
  secret: string | null;
}

/** With the content of the logo in base64, which only an export needs. */
export interface ExportedBranding extends StoredBranding {
  picture: string | null;
}

export interface StoredCenter<B = StoredBranding> {
  center: ContactCenter;
  settings: Setting[];
  signOn: StoredSignOn[];
  branding: B[];
}

export interface InstallationFrame<B = StoredBranding> {
  /** Number of the newest change. */
  change: number;
  locations: string[];
  settings: Setting[];
  branding: B[];
  environments: Environment[];
}

export interface Installation extends InstallationFrame {
  contactCenters: StoredCenter[];
}

const centersPerPage = 25;
/** A reader that takes nothing for so long is disconnected, so that PostgreSQL can remove old rows. */
const maxIdleSeconds = 60;

const listOf = (json: string, order: string) => `coalesce(json_agg(${json} ORDER BY ${order}), '[]'::json)`;

const brandingJson = (from: string, hasPictures: boolean) =>
  `(SELECT ${listOf(
    `json_build_object('location', b.location, 'settings', b.settings,
      'logo', CASE WHEN i.digest IS NOT NULL
        THEN json_build_object('digest', i.digest, 'width', i.width, 'height', i.height) END
      ${hasPictures ? `, 'picture', translate(encode(i.content, 'base64'), E'\\n', '')` : ''})`,
    'b.location',
  )} FROM ${from})`;
const globalBranding = 'environment.global_branding b LEFT JOIN environment.images i ON i.digest = b.logo';
const centerBranding = `environment.branding b LEFT JOIN environment.images i ON i.digest = b.logo
  WHERE b.contact_center_id = c.id`;

/** Call it in a REPEATABLE READ transaction or under the lock of `lockWriters`. */
export async function readFrame<B extends StoredBranding>(
  db: Queryable,
  hasPictures: boolean,
): Promise<InstallationFrame<B>> {
  const { rows } = await db.query<InstallationFrame<B>>(`SELECT
    (SELECT coalesce(max(seq), 0)::float8 FROM environment.changes) AS change,
    (SELECT ${listOf('location', 'location')} FROM environment.declared_locations) AS locations,
    ${settingsJson('environment.global_settings')} AS settings,
    ${brandingJson(globalBranding, hasPictures)} AS branding,
    (SELECT ${listOf(environmentJson, 'e.ordinal')} FROM environment.environments e) AS environments`);
  if (!rows[0]) throw new Error('a SELECT without FROM gave no row');
  return rows[0];
}

/** In the order of their creation. PostgreSQL reads the next page while this one is written. */
export async function* readCenters<B extends StoredBranding>(
  db: Queryable,
  hasPictures: boolean,
): AsyncGenerator<StoredCenter<B>[]> {
  const begin = (after: number) => {
    const reading = readCentersAfter<B>(db, after, hasPictures);
    // It may fail before it is waited for.
    reading.catch(() => undefined);
    return reading;
  };
  let reading = begin(0);
  try {
    for (;;) {
      const centers = await reading;
      const last = centers.length < centersPerPage ? undefined : centers.at(-1);
      if (last) reading = begin(last.center.ordinal);
      if (centers.length > 0) yield centers;
      if (!last) return;
    }
  } finally {
    // The connection is free when the reader has gone away in the middle.
    await reading.catch(() => undefined);
  }
}

async function readCentersAfter<B extends StoredBranding>(
  db: Queryable,
  ordinal: number,
  hasPictures: boolean,
): Promise<StoredCenter<B>[]> {
  const { rows } = await db.query<StoredCenter<B>>({
    name: hasPictures ? 'estate_contact_centers_whole' : 'estate_contact_centers',
    text: `SELECT ${contactCenterJson} AS center,
      ${settingsJson('environment.settings WHERE contact_center_id = c.id')} AS settings,
      (SELECT ${listOf(
        `json_build_object('protocol', o.protocol, 'location', o.location, 'settings', o.settings, 'secret', o.secret)`,
        'o.protocol, o.location',
      )} FROM environment.single_sign_on o WHERE o.contact_center_id = c.id) AS "signOn",
      ${brandingJson(centerBranding, hasPictures)} AS branding
      FROM environment.contact_centers c WHERE c.ordinal > $1 ORDER BY c.ordinal LIMIT ${centersPerPage}`,
    values: [ordinal],
  });
  return rows;
}

export interface StoredNumbers {
  environmentId: string;
  numbers: PersonNumber[];
}

/** In order of environments and numbers. */
export async function* readNumbers(
  db: Queryable,
  environments: readonly Environment[],
): AsyncGenerator<StoredNumbers> {
  for (const { id: environmentId } of environments) {
    for (let after = 0; ; ) {
      const numbers = await listNumbers(db, environmentId, { after, limit: maxNumbersAtOnce });
      if (numbers.length > 0) yield { environmentId, numbers };
      if (numbers.length < maxNumbersAtOnce) break;
      after = numbers.at(-1)?.dbid ?? after;
    }
  }
}

export async function readInstallation(db: Queryable): Promise<Installation> {
  const frame = await readFrame<StoredBranding>(db, false);
  const contactCenters: StoredCenter[] = [];
  for await (const page of readCenters<StoredBranding>(db, false)) contactCenters.push(...page);
  return { ...frame, contactCenters };
}

export interface Snapshot {
  frame: InstallationFrame<ExportedBranding>;
  pages: AsyncGenerator<StoredCenter<ExportedBranding>[]>;
  numbers: AsyncGenerator<StoredNumbers>;
  /** Releases the connection; may be called at any time and more than once. */
  close(): Promise<void>;
}

/** Later writes of others are not visible in it. */
export async function openSnapshot(pool: Pool): Promise<Snapshot> {
  const client = await pool.connect();
  // An error between two queries has no listener and would end the process; the next query reports it.
  const ignore = () => {};
  client.on('error', ignore);
  let isOpen = true;
  const readers: AsyncGenerator[] = [];
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    // A page may be under way.
    await Promise.all(readers.map((reader) => reader.return(undefined)));
    const failure = await client.query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
    client.off('error', ignore);
    client.release(failure);
  };
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${maxIdleSeconds}s'`);
    const frame = await readFrame<ExportedBranding>(client, true);
    const pages = readCenters<ExportedBranding>(client, true);
    const numbers = readNumbers(client, frame.environments);
    readers.push(pages, numbers);
    return { frame, pages, numbers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Takes the lock under which changes are numbered: no other writer commits until the transaction ends. */
export async function lockWriters(db: Queryable): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtext('gatehouse.changes'), hashtext('environment'))`);
}

/** Deletes domains that will move to another contact centre. */
export async function freeDomains(db: Queryable, contactCenterIds: readonly string[]): Promise<void> {
  await db.query(
    'DELETE FROM environment.contact_center_domains WHERE contact_center_id = ANY ($1::uuid[])',
    [contactCenterIds],
  );
}
