/** Finds and replaces sealed secrets in all columns that hold them. */
import {
  bindPasswordPlace,
  clientSecretPlace,
  passwordPlace,
  personChangeId,
  personPasswordPlace,
  tlsKeyPlace,
} from '@gatehouse/contracts/environment-api';
import type { SecretPlace } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { outcomePlace } from '../idempotency/replay.ts';

export interface SealedSecret {
  envelope: string;
  place: SecretPlace;
  /** The entity that other services keep a copy of; undefined: none does. */
  copied?: { entity: 'environment' | 'oidc' | 'person'; id: string; contactCenterId?: string };
  /** Stores a new seal of the same secret and gives its owner a new version. */
  replace(db: Queryable, envelope: string): Promise<void>;
}

interface SealedColumn {
  table: string;
  /** The column that names the key which sealed the value. */
  keyId: string;
  /** Columns that name a row; `envelope` is the sealed value. */
  columns: string;
  order: string;
  secretOf(row: Record<string, string>): SealedSecret;
}

const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'environment.environments',
    keyId: 'password_key_id',
    columns: 'id, password AS envelope',
    order: 'id',
    secretOf: ({ id = '', envelope = '' }) => ofEnvironment(id, envelope, passwordPlace(id)),
  },
  {
    table: 'environment.environments',
    keyId: 'tls_key_key_id',
    columns: 'id, tls_key AS envelope',
    order: 'id',
    secretOf: ({ id = '', envelope = '' }) => ofEnvironment(id, envelope, tlsKeyPlace(id)),
  },
  {
    table: 'environment.environments',
    keyId: 'ldap_bind_password_key_id',
    columns: 'id, ldap_bind_password AS envelope',
    order: 'id',
    secretOf: ({ id = '', envelope = '' }) => ofEnvironment(id, envelope, bindPasswordPlace(id)),
  },
  {
    // Locks the contact centre too, because its version changes.
    table: 'environment.single_sign_on JOIN environment.contact_centers ON id = contact_center_id',
    keyId: 'secret_key_id',
    columns: 'id, location::text, secret AS envelope',
    order: 'id, location',
    secretOf: ({ id = '', location = '', envelope = '' }) => ofSignOn(id, location, envelope),
  },
  {
    table: 'environment.people',
    keyId: 'password_key_id',
    columns: 'id, environment_id, dbid, password AS envelope',
    order: 'id',
    secretOf: ofPerson,
  },
  {
    table: 'environment.idempotent_requests',
    keyId: 'outcome_key_id',
    columns: 'caller, key, outcome AS envelope',
    order: 'caller, key',
    secretOf: ({ caller = '', key = '', envelope = '' }) => ofAnswer(caller, key, envelope),
  },
];

/** Not `<>`, which no index serves. */
const otherThanFirst = (keyId: string) => `(${keyId} < $1 OR ${keyId} > $1)`;

/** Locks at most `limit` secrets that another key sealed. Skips rows that other writers have locked. */
export async function lockSecretsOfOtherKeys(
  db: Queryable,
  activeKeyId: string,
  limit: number,
): Promise<SealedSecret[]> {
  for (const { table, keyId, columns, order, secretOf } of sealedColumns) {
    const { rows } = await db.query<Record<string, string>>(
      `SELECT ${columns} FROM ${table} WHERE ${otherThanFirst(keyId)} ORDER BY ${order} LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [activeKeyId, limit],
    );
    if (rows.length > 0) return rows.map(secretOf);
  }
  return [];
}

export async function countSecretsOfOtherKeys(db: Queryable, activeKeyId: string): Promise<number> {
  const counts = sealedColumns.map(
    ({ table, keyId }) => `(SELECT count(*) FROM ${table} WHERE ${otherThanFirst(keyId)})`,
  );
  const { rows } = await db.query<{ count: string }>(`SELECT ${counts.join(' + ')} AS count`, [activeKeyId]);
  return Number(rows[0]?.count);
}

/** One secret of each column and key. */
export async function sampleSecrets(db: Queryable): Promise<SealedSecret[]> {
  const samples = await Promise.all(
    sealedColumns.map(async ({ table, keyId, columns, secretOf }) => {
      const { rows } = await db.query<Record<string, string>>(
        `SELECT DISTINCT ON (${keyId}) ${columns} FROM ${table} WHERE ${keyId} IS NOT NULL`,
      );
      return rows.map(secretOf);
    }),
  );
  return samples.flat();
}

function ofEnvironment(id: string, envelope: string, place: SecretPlace): SealedSecret {
  return {
    envelope,
    place,
    copied: { entity: 'environment', id },
    async replace(db, next) {
      await db.query(
        `UPDATE environment.environments SET ${place.column} = $2, version = nextval('environment.versions') WHERE id = $1`,
        [id, next],
      );
    },
  };
}

function ofSignOn(id: string, location: string, envelope: string): SealedSecret {
  return {
    envelope,
    place: clientSecretPlace(id, location),
    copied: { entity: 'oidc', id: location, contactCenterId: id },
    async replace(db, next) {
      await db.query(
        `UPDATE environment.single_sign_on SET secret = $3
          WHERE contact_center_id = $1 AND protocol = 'oidc' AND location = $2`,
        [id, location, next],
      );
      await db.query(
        `UPDATE environment.contact_centers SET version = nextval('environment.versions') WHERE id = $1`,
        [id],
      );
    },
  };
}

function ofPerson({
  id = '',
  environment_id: environmentId = '',
  dbid = '',
  envelope = '',
}: Record<string, string>): SealedSecret {
  return {
    envelope,
    place: personPasswordPlace(id),
    copied: { entity: 'person', id: personChangeId(environmentId, Number(dbid)) },
    async replace(db, next) {
      await db.query(
        `UPDATE environment.people SET password = $2, version = nextval('environment.versions') WHERE id = $1`,
        [id, next],
      );
    },
  };
}

function ofAnswer(caller: string, key: string, envelope: string): SealedSecret {
  return {
    envelope,
    place: outcomePlace(caller, key),
    async replace(db, next) {
      await db.query(
        'UPDATE environment.idempotent_requests SET outcome = $3 WHERE caller = $1 AND key = $2',
        [caller, key, next],
      );
    },
  };
}
