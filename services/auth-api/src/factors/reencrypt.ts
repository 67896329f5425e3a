/** Encrypts secrets of one-time codes and keys of recovery codes with the active encryption key, batch by batch. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { inTransaction, type Pool, type Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../records/revocation/revocation.ts';
import { recoveryKeyPlace } from './recovery/service.ts';
import { totpPlace } from './totp/store.ts';

const batchSize = 200;

/** Rows that another key sealed; those that somebody is changing are left out. */
const sealedElsewhere = (condition: string) =>
  `split_part(${condition}, '.', 2) <> $1 ORDER BY contact_center_id, sub LIMIT ${batchSize} FOR UPDATE SKIP LOCKED`;

async function resealTotp(client: Queryable, box: SecretBox): Promise<number> {
  const { rows } = await client.query<PersonKey & { id: string; secret: string }>(
    `SELECT id, contact_center_id AS "contactCenterId", sub, secret FROM auth.totp WHERE ${sealedElsewhere('secret')}`,
    [box.activeKeyId],
  );
  for (const { id, secret, ...person } of rows)
    await client.query('UPDATE auth.totp SET secret = $2 WHERE id = $1', [
      id,
      box.reseal(secret, totpPlace(person, id)),
    ]);
  return rows.length;
}

async function resealRecoveryKeys(client: Queryable, box: SecretBox): Promise<number> {
  const { rows } = await client.query<PersonKey & { key: string }>(
    `SELECT contact_center_id AS "contactCenterId", sub, key FROM auth.recovery_keys WHERE ${sealedElsewhere('key')}`,
    [box.activeKeyId],
  );
  for (const { key, ...person } of rows)
    await client.query('UPDATE auth.recovery_keys SET key = $3 WHERE contact_center_id = $1 AND sub = $2', [
      person.contactCenterId,
      person.sub,
      box.reseal(key, recoveryKeyPlace(person)),
    ]);
  return rows.length;
}

async function countRemaining(db: Queryable, box: SecretBox): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT (SELECT count(*)::int FROM auth.totp WHERE split_part(secret, '.', 2) <> $1)
      + (SELECT count(*)::int FROM auth.recovery_keys WHERE split_part(key, '.', 2) <> $1) AS count`,
    [box.activeKeyId],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Safe to run twice, or at once; replicas that know both encryption keys are not affected.
 * @throws Error when one does not open: the encryption key that sealed it must be configured
 */
export async function reencryptFactors(pool: Pool, box: SecretBox) {
  let sealed = 0;
  for (const reseal of [resealTotp, resealRecoveryKeys]) {
    let count: number;
    do {
      count = await inTransaction(pool, (client) => reseal(client, box));
      sealed += count;
    } while (count > 0);
  }
  return { sealed, remaining: await countRemaining(pool, box) };
}
