/** Stores signing keys in PostgreSQL; private parts are encrypted. */

import type { SigningAlgorithm } from '@gatehouse/contracts/resources';
import type { SecretPlace } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { JWK } from 'jose';

export type KeyState = 'next' | 'active' | 'retired';
export type KeyOrigin = 'generated' | 'imported';

export interface StoredKey {
  kid: string;
  algorithm: SigningAlgorithm;
  publicJwk: JWK;
  /** AES-256-GCM envelope of the PKCS#8 text; a retired key has none. */
  privateKey: string | undefined;
  state: KeyState;
  origin: KeyOrigin;
  createdAtMs: number;
  activatedAtMs: number | undefined;
  retiredAtMs: number | undefined;
}

interface KeyRow {
  kid: string;
  algorithm: SigningAlgorithm;
  public_jwk: JWK;
  private_key: string | null;
  state: KeyState;
  origin: KeyOrigin;
  created_at: Date;
  activated_at: Date | null;
  retired_at: Date | null;
}

export async function listKeys(db: Queryable): Promise<StoredKey[]> {
  const { rows } = await db.query<KeyRow>('SELECT * FROM auth.signing_keys ORDER BY created_at DESC, kid');
  return rows.map((row) => ({
    kid: row.kid,
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    privateKey: row.private_key ?? undefined,
    state: row.state,
    origin: row.origin,
    createdAtMs: row.created_at.getTime(),
    activatedAtMs: row.activated_at?.getTime(),
    retiredAtMs: row.retired_at?.getTime(),
  }));
}

export async function insertKey(db: Queryable, key: StoredKey): Promise<void> {
  await db.query(
    `INSERT INTO auth.signing_keys
       (kid, algorithm, public_jwk, private_key, state, origin, created_at, activated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      key.kid,
      key.algorithm,
      JSON.stringify(key.publicJwk),
      key.privateKey,
      key.state,
      key.origin,
      new Date(key.createdAtMs),
      key.activatedAtMs === undefined ? null : new Date(key.activatedAtMs),
    ],
  );
}

export async function activateKey(db: Queryable, kid: string, atMs: number): Promise<void> {
  await db.query(`UPDATE auth.signing_keys SET state = 'active', activated_at = $2 WHERE kid = $1`, [
    kid,
    new Date(atMs),
  ]);
}

/** The key stays published; its private part is deleted. */
export async function retireKey(db: Queryable, kid: string, atMs: number): Promise<void> {
  await db.query(
    `UPDATE auth.signing_keys SET state = 'retired', retired_at = $2, private_key = NULL WHERE kid = $1`,
    [kid, new Date(atMs)],
  );
}

export async function deleteKey(db: Queryable, kid: string): Promise<void> {
  await db.query('DELETE FROM auth.signing_keys WHERE kid = $1', [kid]);
}

/** A clock that was ahead left moments of the future, and the schedule would wait for them. */
export async function bringBack(db: Queryable, nowMs: number): Promise<void> {
  const earliest = (column: string) => `CASE WHEN ${column} > $1 THEN $1 ELSE ${column} END`;
  await db.query(
    `UPDATE auth.signing_keys SET created_at = ${earliest('created_at')}, activated_at = ${earliest('activated_at')},
      retired_at = ${earliest('retired_at')} WHERE greatest(created_at, activated_at, retired_at) > $1`,
    [new Date(nowMs)],
  );
}

export async function replaceEnvelope(db: Queryable, kid: string, envelope: string): Promise<void> {
  await db.query('UPDATE auth.signing_keys SET private_key = $2 WHERE kid = $1', [kid, envelope]);
}

/** Holds the lock until the transaction ends, so that concurrent changes run one after the other. */
export async function lockKeys(db: Queryable): Promise<void> {
  await db.query("SELECT pg_advisory_xact_lock(hashtext('gatehouse.signing-keys'))");
}

/** The place that the envelope of a private key is bound to. */
export function signingKeyPlace(kid: string): SecretPlace {
  return { table: 'auth.signing_keys', row: kid, column: 'private_key' };
}
