/** Signing keys in PostgreSQL; private parts only as envelopes. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { JWK } from 'jose';

export interface StoredKey {
  kid: string;
  algorithm: string;
  publicJwk: JWK;
  /** AES-256-GCM envelope of the PKCS#8 text. */
  privateKey: string;
  state: 'active' | 'retired';
}

interface KeyRow {
  kid: string;
  algorithm: string;
  public_jwk: JWK;
  private_key: string;
  state: 'active' | 'retired';
}

export async function listKeys(db: Queryable): Promise<StoredKey[]> {
  const { rows } = await db.query<KeyRow>('SELECT * FROM auth.signing_keys ORDER BY created_at, kid');
  return rows.map((row) => ({
    kid: row.kid,
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    privateKey: row.private_key,
    state: row.state,
  }));
}

export async function insertKey(db: Queryable, key: StoredKey): Promise<void> {
  await db.query(
    'INSERT INTO auth.signing_keys (kid, algorithm, public_jwk, private_key, state) VALUES ($1, $2, $3, $4, $5)',
    [key.kid, key.algorithm, JSON.stringify(key.publicJwk), key.privateKey, key.state],
  );
}

/** Held until the transaction ends: of several first starters one makes the key, the others find it. */
export async function lockKeys(db: Queryable): Promise<void> {
  await db.query("SELECT pg_advisory_xact_lock(hashtext('gatehouse.signing-keys'))");
}
