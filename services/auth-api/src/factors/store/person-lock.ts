/** Orders the changes of one person's factors, and counts the epochs that end remembered devices. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';

/**
 * Waits for other changes of the person's factors and keeps others waiting until the transaction ends: what is counted then
 * stays so. Resolves to the epoch.
 */
export async function lockFactors(transaction: Queryable, person: PersonKey): Promise<number> {
  const { rows } = await transaction.query<{ epoch: number }>(
    `INSERT INTO auth.factor_epochs AS known (contact_center_id, sub) VALUES ($1, $2)
      ON CONFLICT (contact_center_id, sub) DO UPDATE SET epoch = known.epoch RETURNING epoch`,
    [person.contactCenterId, person.sub],
  );
  return rows[0]?.epoch ?? 0;
}

/** Ends every remembered device of the person, also one that is being granted for a factor given before. */
export async function beginEpoch(db: Queryable, person: PersonKey): Promise<void> {
  await db.query(
    'UPDATE auth.factor_epochs SET epoch = epoch + 1 WHERE contact_center_id = $1 AND sub = $2',
    [person.contactCenterId, person.sub],
  );
}

/** As `beginEpoch`, in every contact centre that knows the person by the subject. */
export async function beginEpochEverywhere(db: Queryable, sub: string): Promise<void> {
  await db.query('UPDATE auth.factor_epochs SET epoch = epoch + 1 WHERE sub = $1', [sub]);
}

/** As `beginEpoch`, of all people of a contact centre. */
export async function beginEpochOf(db: Queryable, contactCenterId: string): Promise<void> {
  await db.query('UPDATE auth.factor_epochs SET epoch = epoch + 1 WHERE contact_center_id = $1', [
    contactCenterId,
  ]);
}
