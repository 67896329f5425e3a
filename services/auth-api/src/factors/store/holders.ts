/** Counts what everybody of a contact centre has of each factor. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { HeldFactors } from './held.ts';

/** By `sub`: everybody who has something. */
export async function countHeldOf(
  db: Queryable,
  contactCenterId: string,
): Promise<ReadonlyMap<string, HeldFactors>> {
  const { rows } = await db.query<HeldFactors & { sub: string }>({
    name: 'count_factors_of_contact_center',
    text: `SELECT sub,
        count(*) FILTER (WHERE kind = 'totp')::int AS totp,
        count(*) FILTER (WHERE kind IN ('passkey', 'device passkey'))::int AS passkeys,
        count(*) FILTER (WHERE kind = 'device passkey')::int AS "devicePasskeys",
        count(*) FILTER (WHERE kind = 'recovery code')::int AS "recoveryCodes",
        count(*) FILTER (WHERE kind = 'device')::int AS "rememberedDevices"
      FROM (
        SELECT sub, 'totp' AS kind FROM auth.totp WHERE contact_center_id = $1 AND confirmed_at IS NOT NULL
        UNION ALL SELECT sub, CASE WHEN eligible THEN 'passkey' ELSE 'device passkey' END FROM auth.passkeys
          WHERE contact_center_id = $1
        UNION ALL SELECT sub, 'recovery code' FROM auth.recovery_codes WHERE contact_center_id = $1
        UNION ALL SELECT sub, 'device' FROM auth.remembered_devices JOIN auth.factor_epochs USING (contact_center_id, sub, epoch)
          WHERE contact_center_id = $1 AND ends_at > clock_timestamp()
      ) AS held GROUP BY sub`,
    values: [contactCenterId],
  });
  return new Map(rows.map(({ sub, ...held }) => [sub, held]));
}
