/** Guards single sign-on of a contact centre: by its provider somebody speaks for people. A people store is never shared, so its keys and links need no such guard. */
import { forbidden } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type Caller, readsAll } from './caller.ts';

/**
 * Contact centres may share an environment and its subjects. There an identity provider of one of them would speak for people of
 * the others. @throws AppError 403 for a caller who is bound to a contact centre
 */
export async function requireSpeaker(caller: Caller, db: Queryable, contactCenterId: string): Promise<void> {
  if (readsAll(caller)) return;
  const { rowCount } = await db.query({
    name: 'contact_center_shares_subjects',
    text: `SELECT 1 FROM environment.contact_centers mine
      JOIN environment.contact_centers other ON other.environment_id = mine.environment_id AND other.id <> mine.id
      WHERE mine.id = $1 AND mine.subject_scope = 'environment' AND other.subject_scope = 'environment' LIMIT 1`,
    values: [contactCenterId],
  });
  if (rowCount === 0) return;
  throw forbidden(
    'Another contact centre of the environment knows its people by the same subjects (subjectScope "environment"): the operator, an installation administrator, or a managing client that is bound to none sets who may speak for them',
  );
}
