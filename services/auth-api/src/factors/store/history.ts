/** Writes down which factors a person gets, uses up and loses; nothing changes what is written (NIST SP 800-63B). */
import type { OwnFactors } from '@gatehouse/contracts/auth-api';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';

export interface FactorChange extends Pick<OwnFactors['history'][number], 'change' | 'factor'> {
  factorId?: string | undefined;
  /** As the person calls it. */
  name?: string | undefined;
  /** Why the person could do it, or the reason of an administrator. */
  reason?: string | undefined;
  /** The author: the subject of the person, an administrator, or a part of this service. */
  by: string;
}

export interface PastFactorChange extends FactorChange {
  at: Date;
}

/** In the transaction of the change: both happen or neither. */
export async function addHistory(
  transaction: Queryable,
  { contactCenterId, sub }: PersonKey,
  { change, factor, factorId, name, reason, by }: FactorChange,
): Promise<void> {
  await transaction.query(
    `INSERT INTO auth.factor_history (contact_center_id, sub, change, factor, factor_id, name, reason, made_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [contactCenterId, sub, change, factor, factorId, name, reason, by],
  );
}

const maxListed = 500;

/** The newest first. */
export async function listHistory(db: Queryable, person: PersonKey): Promise<PastFactorChange[]> {
  const { rows } = await db.query<PastFactorChange>(
    `SELECT at, change, factor, factor_id AS "factorId", name, reason, made_by AS by FROM auth.factor_history
      WHERE contact_center_id = $1 AND sub = $2 ORDER BY id DESC LIMIT ${maxListed}`,
    [person.contactCenterId, person.sub],
  );
  return rows;
}
