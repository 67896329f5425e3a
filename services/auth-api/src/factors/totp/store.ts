/** Stores the secrets of one-time codes in PostgreSQL, each sealed for its row. */
import type { SecretPlace } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import type { TotpForm } from './codes.ts';

export interface SealedTotp extends TotpForm {
  id: string;
  name: string;
  secret: string;
}

export interface TotpView extends TotpForm {
  id: string;
  name: string;
  madeAt: Date;
  usedAt: Date | null;
}

/** A secret that is copied to the row of another person does not open. */
export const totpPlace = (person: PersonKey, id: string): SecretPlace => ({
  table: 'auth.totp',
  row: `${personAt(person)} ${id}`,
  column: 'secret',
});

/** Those who began and did not finish begin again after this time. */
export const waitingMinutes = 10;

/** Takes the place of one that the person has not confirmed. */
export async function addWaiting(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  { id, name, secret, digits, algorithm }: SealedTotp,
): Promise<void> {
  await db.query(
    `INSERT INTO auth.totp (id, contact_center_id, sub, name, secret, digits, algorithm)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (contact_center_id, sub) WHERE confirmed_at IS NULL DO UPDATE SET
        id = excluded.id, name = excluded.name, secret = excluded.secret, digits = excluded.digits,
        algorithm = excluded.algorithm, made_at = clock_timestamp()`,
    [id, contactCenterId, sub, name, secret, digits, algorithm],
  );
}

export async function findWaiting(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: string,
): Promise<SealedTotp | undefined> {
  const { rows } = await db.query<SealedTotp>(
    `SELECT id, name, secret, digits, algorithm FROM auth.totp
      WHERE contact_center_id = $1 AND sub = $2 AND id = $3 AND confirmed_at IS NULL
        AND made_at > clock_timestamp() - make_interval(mins => ${waitingMinutes})`,
    [contactCenterId, sub, id],
  );
  return rows[0];
}

/** `step`: of the code that the person typed, which is used up by it. False: another replica was faster. */
export async function confirmWaiting(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  { id, name }: Pick<SealedTotp, 'id' | 'name'>,
  step: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE auth.totp SET confirmed_at = clock_timestamp(), last_step = $4, name = $5
      WHERE contact_center_id = $1 AND sub = $2 AND id = $3 AND confirmed_at IS NULL`,
    [contactCenterId, sub, id, step, name],
  );
  return rowCount === 1;
}

export async function findConfirmed(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
): Promise<SealedTotp[]> {
  const { rows } = await db.query<SealedTotp>({
    name: 'find_totp',
    text: `SELECT id, name, secret, digits, algorithm FROM auth.totp
      WHERE contact_center_id = $1 AND sub = $2 AND confirmed_at IS NOT NULL ORDER BY made_at, id`,
    values: [contactCenterId, sub],
  });
  return rows;
}

/**
 * Uses the step up. Of all who present its code at the same time one gets the epoch; the others get undefined, as does one
 * whose secret was taken off meanwhile.
 */
export async function useStep(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: string,
  step: number,
): Promise<number | undefined> {
  const { rows } = await db.query<{ epoch: number }>({
    name: 'use_totp_step',
    text: `UPDATE auth.totp AS given SET last_step = $4, used_at = clock_timestamp() FROM auth.factor_epochs AS counted
      WHERE given.contact_center_id = $1 AND given.sub = $2 AND given.id = $3 AND given.confirmed_at IS NOT NULL
        AND given.last_step < $4 AND counted.contact_center_id = $1 AND counted.sub = $2
      RETURNING counted.epoch`,
    values: [contactCenterId, sub, id, step],
  });
  return rows[0]?.epoch;
}

/** Those that count, the oldest first. */
export async function listTotp(db: Queryable, { contactCenterId, sub }: PersonKey): Promise<TotpView[]> {
  const { rows } = await db.query<TotpView>(
    `SELECT id, name, digits, algorithm, confirmed_at AS "madeAt", used_at AS "usedAt" FROM auth.totp
      WHERE contact_center_id = $1 AND sub = $2 AND confirmed_at IS NOT NULL ORDER BY confirmed_at, id`,
    [contactCenterId, sub],
  );
  return rows;
}

/** False: the person has none of this id. */
export async function renameTotp(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: string,
  name: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE auth.totp SET name = $4
      WHERE contact_center_id = $1 AND sub = $2 AND id = $3 AND confirmed_at IS NOT NULL`,
    [contactCenterId, sub, id, name],
  );
  return rowCount === 1;
}

/** Resolves to its name; undefined: the person has none of this id. */
export async function deleteTotp(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: string,
): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>(
    `DELETE FROM auth.totp WHERE contact_center_id = $1 AND sub = $2 AND id = $3 AND confirmed_at IS NOT NULL
      RETURNING name`,
    [contactCenterId, sub, id],
  );
  return rows[0]?.name;
}
