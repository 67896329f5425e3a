/** Deletes what is stored of the factors of a person, or of all people of a contact centre. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';

/** In the order in which they are deleted. Codes for recovery go with their key. */
const factors = ['totp', 'passkeys', 'recovery_keys', 'remembered_devices', 'factor_invitations'] as const;
const records = ['factor_attempts', 'factor_history', 'factor_epochs', 'webauthn_users'] as const;

type Table = (typeof factors)[number] | (typeof records)[number];

const ofPerson = async (db: Queryable, tables: readonly Table[], { contactCenterId, sub }: PersonKey) => {
  for (const table of tables)
    await db.query(`DELETE FROM auth.${table} WHERE contact_center_id = $1 AND sub = $2`, [
      contactCenterId,
      sub,
    ]);
};

/** Recovery codes and remembered devices go with the last factor: they would be factors of their own. */
export const endWithLastFactor = (transaction: Queryable, person: PersonKey) =>
  ofPerson(transaction, ['recovery_keys', 'remembered_devices'], person);

/**
 * The history stays, and the epoch by which devices in the making do not count. The handle stays, too: a passkey that the person makes
 * later replaces the one that an authenticator still has.
 */
export const deleteFactors = (transaction: Queryable, person: PersonKey) =>
  ofPerson(transaction, [...factors, 'factor_attempts'], person);

/** Of a person whose data is erased. */
export const deletePerson = (transaction: Queryable, person: PersonKey) =>
  ofPerson(transaction, [...factors, ...records], person);

/** Of a contact centre that was deleted: one that is made under its id has other people. */
export async function deleteContactCenter(transaction: Queryable, id: string): Promise<void> {
  for (const table of [...factors, ...records])
    await transaction.query(`DELETE FROM auth.${table} WHERE contact_center_id = $1`, [id]);
}
