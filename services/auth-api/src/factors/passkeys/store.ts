/** Stores passkeys in PostgreSQL, with the handles of their people and the RP ID of the installation. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { NewPasskey, Use } from './passkey.ts';
import { refused } from './refusals.ts';

/** The RP ID of the stored passkeys; undefined while there are none. */
export async function findRpId(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query<{ value: string }>({
    name: 'find_rp_id',
    // By the index: EXISTS would read the table, whose first pages may be empty.
    text: `SELECT value FROM auth.installation_facts
      WHERE name = 'rp_id' AND (SELECT id FROM auth.passkeys ORDER BY id LIMIT 1) IS NOT NULL`,
  });
  return rows[0]?.value;
}

export async function saveRpId(db: Queryable, rpId: string): Promise<void> {
  await db.query(
    `INSERT INTO auth.installation_facts (name, value) VALUES ('rp_id', $1)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = now()`,
    [rpId],
  );
}

/** The handle that the person has, or gets with `proposed`. */
export async function handleOf(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  { proposed, dbid }: { proposed: Buffer; dbid: number },
): Promise<Buffer> {
  // The update hardly ever changes anything: it returns the row that another replica may have made a moment ago.
  const { rows } = await db.query<{ handle: Buffer }>(
    `INSERT INTO auth.webauthn_users (contact_center_id, sub, handle, dbid) VALUES ($1, $2, $3, $4)
      ON CONFLICT (contact_center_id, sub) DO UPDATE SET dbid = excluded.dbid RETURNING handle`,
    [contactCenterId, sub, proposed, dbid],
  );
  return (rows[0] as { handle: Buffer }).handle;
}

/** Undefined for somebody who never began to make a passkey. */
export async function findHandle(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ handle: Buffer }>({
    name: 'find_webauthn_handle',
    text: 'SELECT handle FROM auth.webauthn_users WHERE contact_center_id = $1 AND sub = $2',
    values: [contactCenterId, sub],
  });
  return rows[0]?.handle;
}

export interface ListedPasskey {
  id: Buffer;
  name: string;
  transports: string[];
  isEligible: boolean;
  isSynced: boolean;
  hasCloneWarning: boolean;
  aaguid: string;
  madeAt: Date;
  usedAt: Date | null;
}

/** Of a person, the oldest first. */
export async function listPasskeys(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
): Promise<ListedPasskey[]> {
  const { rows } = await db.query<ListedPasskey>({
    name: 'list_passkeys',
    text: `SELECT id, name, transports, eligible AS "isEligible", synced AS "isSynced", clone_warning AS "hasCloneWarning",
        aaguid, made_at AS "madeAt", used_at AS "usedAt"
      FROM auth.passkeys WHERE contact_center_id = $1 AND sub = $2 ORDER BY made_at, id`,
    values: [contactCenterId, sub],
  });
  return rows;
}

export interface StoredPasskey extends PersonKey {
  id: Buffer;
  publicKey: Buffer;
  counter: number;
  isEligible: boolean;
  hasCloneWarning: boolean;
  /** Of its person, as are the number at the directory and the epoch. */
  handle: Buffer;
  dbid: number;
  epoch: number;
}

export async function findPasskey(db: Queryable, id: Buffer): Promise<StoredPasskey | undefined> {
  const { rows } = await db.query<Omit<StoredPasskey, 'counter'> & { counter: string }>({
    name: 'find_passkey',
    text: `SELECT id, contact_center_id AS "contactCenterId", sub, public_key AS "publicKey", counter, eligible AS "isEligible",
        clone_warning AS "hasCloneWarning", handle, dbid, epoch
      FROM auth.passkeys JOIN auth.webauthn_users USING (contact_center_id, sub)
        JOIN auth.factor_epochs USING (contact_center_id, sub) WHERE id = $1`,
    values: [id],
  });
  const [row] = rows;
  return row && { ...row, counter: Number(row.counter) };
}

const foreignKeyViolation = '23503';

/** False when a passkey has this id, whoever it belongs to. @throws AppError (400) `passkey_expired` */
export async function insertPasskey(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  name: string,
  made: NewPasskey,
): Promise<boolean> {
  try {
    const { rowCount } = await db.query(
      `INSERT INTO auth.passkeys (id, contact_center_id, sub, name, public_key, counter, eligible, synced,
        verified_at_creation, attested, aaguid, transports)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`,
      [
        ...[made.id, contactCenterId, sub, name, made.publicKey, made.counter, made.isEligible],
        ...[made.isSynced, made.isVerified, made.isAttested, made.aaguid, made.transports],
      ],
    );
    return rowCount === 1;
  } catch (error) {
    // The handle went with the data of the person, or with the contact centre.
    if ((error as { code?: string }).code === foreignKeyViolation)
      throw refused('passkey_expired', 'the person was forgotten meanwhile', error);
    throw error;
  }
}

/** How the counter of a use is to the stored one. */
export interface CounterVerdict {
  /** Another device has used the passkey meanwhile (WebAuthn section 6.1.1). */
  goesBack: boolean;
  wasWarned: boolean;
  /** Of the person, at the primary. */
  epoch: number;
}

/** Authenticators without a counter always say 0. */
export const goesBack = (stored: number, seen: number) => (stored > 0 || seen > 0) && seen <= stored;

/**
 * Notes a use, and compares its counter with that of the use before it, wherever that was: the row is locked first. Undefined when the
 * passkey is gone. A use that does not count, of a passkey on one device, changes no more than the warning.
 */
export async function recordUse(
  db: Queryable,
  id: Buffer,
  { counter, isSynced }: Use,
): Promise<CounterVerdict | undefined> {
  const { rows } = await db.query<CounterVerdict>({
    name: 'record_passkey_use',
    text: `WITH locked AS (SELECT id, counter, clone_warning FROM auth.passkeys WHERE id = $1 FOR UPDATE),
      known AS (SELECT id, clone_warning, counter, (counter > 0 OR $2 > 0) AND $2 <= counter AS back FROM locked)
      UPDATE auth.passkeys p SET
        counter = greatest(known.counter, $2),
        clone_warning = known.clone_warning OR known.back,
        synced = CASE WHEN known.back AND NOT p.eligible THEN p.synced ELSE $3 END,
        used_at = CASE WHEN known.back AND NOT p.eligible THEN p.used_at ELSE clock_timestamp() END
      FROM known WHERE p.id = known.id
      RETURNING known.back AS "goesBack", known.clone_warning AS "wasWarned",
        (SELECT epoch FROM auth.factor_epochs counted
          WHERE counted.contact_center_id = p.contact_center_id AND counted.sub = p.sub) AS epoch`,
    values: [id, counter, isSynced],
  });
  return rows[0];
}

/** False when the person has no such passkey. */
export async function renamePasskey(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: Buffer,
  name: string,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'rename_passkey',
    text: 'UPDATE auth.passkeys SET name = $4 WHERE id = $1 AND contact_center_id = $2 AND sub = $3',
    values: [id, contactCenterId, sub, name],
  });
  return rowCount === 1;
}

/** Resolves its name; undefined when the person has no such passkey. */
export async function deletePasskey(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: Buffer,
): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>(
    'DELETE FROM auth.passkeys WHERE id = $1 AND contact_center_id = $2 AND sub = $3 RETURNING name',
    [id, contactCenterId, sub],
  );
  return rows[0]?.name;
}
