/** Stores API keys in the table `api_keys` and their last use in `api_key_uses`. */

import type { ApiKeyPurpose, KeyOwner } from '@gatehouse/contracts/environment-administration';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import type { ApiKey, IssuedKey } from './api-key.ts';

interface Row {
  key: ApiKey;
}

const json = `json_strip_nulls(json_build_object(
    'id', k.id, 'contactCenterId', k.contact_center_id, 'name', k.name, 'purpose', k.purpose,
    'prefix', k.prefix, 'validFrom', ${isoTime('k.valid_from')}, 'expiresAt', ${isoTime('k.expires_at')},
    'createdAt', ${isoTime('k.created_at')}, 'rotatedAt', ${isoTime('k.rotated_at')},
    'previousPrefix', k.previous_prefix, 'previousUntil', ${isoTime('k.previous_until')},
    'lastUsedAt', (SELECT ${isoTime('u.used_at')} FROM environment.api_key_uses u WHERE u.api_key_id = k.id)
  ))`;
const select = `SELECT ${json} AS key FROM environment.api_keys k`;

export async function listApiKeys(db: Queryable, contactCenterId: string): Promise<ApiKey[]> {
  const { rows } = await db.query<Row>({
    name: 'api_keys_of_contact_center',
    text: `${select} WHERE k.contact_center_id = $1 ORDER BY k.ordinal`,
    values: [contactCenterId],
  });
  return rows.map((row) => row.key);
}

export async function readApiKey(db: Queryable, contactCenterId: string, id: string) {
  const { rows } = await db.query<Row>({
    name: 'api_key_by_id',
    text: `${select} WHERE k.contact_center_id = $1 AND k.id = $2`,
    values: [contactCenterId, id],
  });
  return rows[0]?.key;
}

export interface Validity {
  validFrom: string;
  expiresAt: string | undefined;
}

/** Errors: exclusion_violation when a key of the name is valid in the same time. */
export async function insertApiKey(
  db: Queryable,
  key: Pick<ApiKey, 'id' | 'contactCenterId' | 'name' | 'purpose'> & Validity,
  issued: IssuedKey,
): Promise<void> {
  await db.query({
    name: 'api_key_insert',
    text: `INSERT INTO environment.api_keys (id, contact_center_id, name, digest, prefix, valid_from, expires_at, purpose)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      key.id,
      key.contactCenterId,
      key.name,
      issued.digest,
      issued.prefix,
      key.validFrom,
      key.expiresAt ?? null,
      key.purpose,
    ],
  });
}

/** The current key becomes the previous one and works until `previousUntil`; undefined: it stops working now. */
export async function rotateApiKey(
  db: Queryable,
  id: string,
  issued: IssuedKey,
  times: { rotatedAt: string; previousUntil: string | undefined; expiresAt: string | undefined },
): Promise<void> {
  await db.query({
    name: 'api_key_rotate',
    text: `UPDATE environment.api_keys SET
        previous_digest = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE digest END,
        previous_prefix = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE prefix END,
        previous_until = $4, digest = $2, prefix = $3, rotated_at = $5, expires_at = $6
      WHERE id = $1`,
    values: [
      id,
      issued.digest,
      issued.prefix,
      times.previousUntil ?? null,
      times.rotatedAt,
      times.expiresAt ?? null,
    ],
  });
}

export async function deleteApiKey(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM environment.api_keys WHERE id = $1', [id]);
}

/** The owner of a key that works now and whose contact centre is active. */
export async function findKeyOwner(
  db: Queryable,
  digest: string,
  purpose: ApiKeyPurpose,
): Promise<KeyOwner | undefined> {
  const { rows } = await db.query<{ owner: KeyOwner }>({
    name: 'api_key_owner',
    text: `SELECT json_strip_nulls(json_build_object('contactCenterId', k.contact_center_id, 'id', k.id, 'name', k.name,
        'expiresAt', CASE WHEN k.digest = $1 THEN ${isoTime('k.expires_at')}
          ELSE ${isoTime('least(k.expires_at, k.previous_until)')} END)) AS owner
      FROM environment.api_keys k JOIN environment.contact_centers c ON c.id = k.contact_center_id
      WHERE (k.digest = $1 OR (k.previous_digest = $1 AND k.previous_until > clock_timestamp())) AND c.status = 'active'
        AND k.purpose = $2 AND k.valid_from <= clock_timestamp()
        AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())`,
    values: [digest, purpose],
  });
  return rows[0]?.owner;
}

/** Keeps the later moment of both; skips keys that were deleted meanwhile. */
export async function writeKeyUses(db: Queryable, uses: ReadonlyMap<string, number>): Promise<void> {
  await db.query({
    name: 'api_key_uses_write',
    text: `INSERT INTO environment.api_key_uses (api_key_id, used_at)
      SELECT given.id, given.at FROM unnest($1::uuid[], $2::timestamptz[]) AS given (id, at)
      JOIN environment.api_keys k ON k.id = given.id
      ON CONFLICT (api_key_id) DO UPDATE SET used_at = greatest(api_key_uses.used_at, excluded.used_at)`,
    values: [[...uses.keys()], [...uses.values()].map((ms) => new Date(ms).toISOString())],
  });
}
