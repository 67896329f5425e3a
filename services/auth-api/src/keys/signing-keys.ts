/** The keys that sign: made on the first start, kept encrypted, shared by every replica. */
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto/secret-box';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres/pool';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose';
import { insertKey, listKeys, lockKeys, type StoredKey } from './store.ts';

export interface SigningKey {
  kid: string;
  algorithm: string;
  publicJwk: JWK;
  publicKey: CryptoKey;
  /** Only the active key has it here: a retired one signs nothing. */
  privateKey?: CryptoKey;
}

export interface SigningKeys {
  readonly active: SigningKey & { privateKey: CryptoKey };
  readonly all: readonly SigningKey[];
}

const algorithm = 'RS256';
const modulusLength = 2048;

/**
 * Loads the keys; makes the first one when there is none. `onCreated` runs in the same transaction.
 * @throws Error when PostgreSQL is away or the encryption key is not the one that sealed them.
 */
export async function loadSigningKeys(
  pool: Pool,
  box: SecretBox,
  onCreated: (transaction: Pick<Pool, 'query'>, kid: string) => Promise<void>,
): Promise<SigningKeys> {
  let stored = await listKeys(pool);
  if (!stored.some(isActive)) {
    stored = await inTransaction(pool, async (client) => {
      await lockKeys(client);
      const present = await listKeys(client);
      if (present.some(isActive)) return present;
      const created = await createKey(box);
      await insertKey(client, created);
      await onCreated(client, created.kid);
      return [...present, created];
    });
  }
  const all = await Promise.all(stored.map((key) => openKey(key, box)));
  const active = all.find(
    (key): key is SigningKey & { privateKey: CryptoKey } => key.privateKey !== undefined,
  );
  if (active === undefined) throw new Error('there is no active signing key');
  return { active, all };
}

async function createKey(box: SecretBox): Promise<StoredKey> {
  const pair = await generateKeyPair(algorithm, { modulusLength, extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  // RFC 7638: a name that follows from the key cannot collide.
  const kid = await calculateJwkThumbprint(jwk);
  return {
    kid,
    algorithm,
    publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' },
    privateKey: box.seal(await exportPKCS8(pair.privateKey), placeOf(kid)),
    state: 'active',
  };
}

async function openKey(key: StoredKey, box: SecretBox): Promise<SigningKey> {
  const publicKey = (await importJWK(key.publicJwk, key.algorithm)) as CryptoKey;
  const opened = { kid: key.kid, algorithm: key.algorithm, publicJwk: key.publicJwk, publicKey };
  if (!isActive(key)) return opened;
  const pkcs8 = box.open(key.privateKey, placeOf(key.kid)).toString('utf8');
  return { ...opened, privateKey: await importPKCS8(pkcs8, key.algorithm) };
}

function isActive(key: StoredKey): boolean {
  return key.state === 'active';
}

function placeOf(kid: string): SecretPlace {
  return { table: 'auth.signing_keys', row: kid, column: 'private_key' };
}
