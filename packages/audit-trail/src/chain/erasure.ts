/**
 * Erases personal data from chained events. Each erased event gets a seal, which needs a key that the database does not
 * have. Without the seal, an attacker who may write to the tables could remove his own data and call it an erasure.
 */
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { holdAdvisoryLock, type Queryable } from '@gatehouse/service-kit/postgres';
import { chainLock } from './chainer.ts';
import type { AuditTrail } from './trail.ts';

const batchSize = 1000;

/**
 * Resolves the number of erased events. `erase` removes the personal part of the events and resolves their numbers.
 * @param transaction the transaction that holds both the erasure and the seals
 */
export async function eraseFromChain(
  { schema }: AuditTrail,
  { transaction, secretBox }: { transaction: Queryable; secretBox: SecretBox },
  erase: () => Promise<readonly string[]>,
): Promise<number> {
  // Without the lock an event could be chained at the same time, with the digest of a personal part that is erased by now.
  await holdAdvisoryLock(transaction, chainLock(schema));
  const seqs = await erase();
  for (let from = 0; from < seqs.length; from += batchSize) {
    const { rows } = await transaction.query<{ position: string; personal_digest: Buffer }>(
      `SELECT position, personal_digest FROM ${schema}.audit_chain WHERE event_seq = ANY ($1::bigint[])`,
      [seqs.slice(from, from + batchSize)],
    );
    await storeSeals(
      schema,
      transaction,
      rows.map(({ position, personal_digest: digest }) => [
        position,
        secretBox.seal(digest, erasurePlace(schema, position)),
      ]),
    );
  }
  return seqs.length;
}

/** Tells whether the personal part of this event was erased by Gatehouse. */
export function isErasureSeal(
  seal: string | undefined,
  { schema, position, digest }: { schema: string; position: number; digest: Buffer },
  box: SecretBox,
): boolean {
  if (seal === undefined) return false;
  try {
    return box.open(seal, erasurePlace(schema, String(position))).equals(digest);
  } catch {
    return false;
  }
}

/** Reseals under the active key what was sealed under another one. */
export async function resealErasures(schema: string, db: Queryable, box: SecretBox): Promise<void> {
  for (let after = '0'; ; ) {
    const { rows } = await db.query<{ position: string; seal: string }>(
      `SELECT position, erasure_seal AS seal FROM ${schema}.audit_chain
       WHERE erasure_seal IS NOT NULL AND position > $1 AND split_part(erasure_seal, '.', 2) <> $2
       ORDER BY position LIMIT ${batchSize}`,
      [after, box.activeKeyId],
    );
    await storeSeals(
      schema,
      db,
      rows.map(({ position, seal }) => {
        const place = erasurePlace(schema, position);
        return [position, box.seal(box.open(seal, place), place)];
      }),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}

async function storeSeals(
  schema: string,
  db: Queryable,
  seals: readonly (readonly [position: string, seal: string])[],
): Promise<void> {
  await db.query(
    `UPDATE ${schema}.audit_chain chain SET personal_salt = NULL, erasure_seal = made.seal
     FROM unnest($1::bigint[], $2::text[]) AS made (position, seal) WHERE chain.position = made.position`,
    [seals.map(([position]) => position), seals.map(([, seal]) => seal)],
  );
}

function erasurePlace(schema: string, position: string): SecretPlace {
  return { table: `${schema}.audit_chain`, row: position, column: 'erasure_seal' };
}
