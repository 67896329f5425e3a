/** Stores the keys of single sign-on in PostgreSQL; private keys only encrypted. */
import type { Queryable } from '@gatehouse/service-kit/postgres';

export type KeyPurpose = 'signing' | 'encryption';
export type SsoKeyState = 'next' | 'active' | 'retired';

export interface StoredSsoKey {
  id: string;
  purpose: KeyPurpose;
  /** PEM. */
  certificate: string;
  /** AES-256-GCM envelope of the PKCS#8 text. */
  privateKey: string;
  state: SsoKeyState;
}

export async function listSsoKeys(db: Queryable): Promise<StoredSsoKey[]> {
  const { rows } = await db.query<StoredSsoKey>(
    'SELECT id, purpose, certificate, private_key AS "privateKey", state FROM auth.sso_keys ORDER BY created_at, id',
  );
  return rows;
}

export async function insertSsoKey(db: Queryable, key: StoredSsoKey): Promise<void> {
  await db.query(
    'INSERT INTO auth.sso_keys (id, purpose, certificate, private_key, state) VALUES ($1, $2, $3, $4, $5)',
    [key.id, key.purpose, key.certificate, key.privateKey, key.state],
  );
}

/** The next one becomes active, the active one retires. */
export async function promoteSsoKey(db: Queryable, purpose: KeyPurpose): Promise<void> {
  await db.query(`UPDATE auth.sso_keys SET state = 'retired' WHERE purpose = $1 AND state = 'active'`, [
    purpose,
  ]);
  await db.query(`UPDATE auth.sso_keys SET state = 'active' WHERE purpose = $1 AND state = 'next'`, [
    purpose,
  ]);
}

export async function replaceSsoEnvelope(db: Queryable, id: string, privateKey: string): Promise<void> {
  await db.query('UPDATE auth.sso_keys SET private_key = $2 WHERE id = $1', [id, privateKey]);
}

/** Held until the transaction ends: of several writers one at a time. */
export async function lockSsoKeys(db: Queryable): Promise<void> {
  await db.query("SELECT pg_advisory_xact_lock(hashtext('gatehouse.sso-keys'))");
}
