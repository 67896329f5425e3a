/** Counts what a person has of each factor. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Proof } from '../../core/assurance/proof.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';

export interface HeldFactors {
  totp: number;
  passkeys: number;
  /** Those among the passkeys that stay on one device: the others do not count where synced passkeys are refused. */
  devicePasskeys: number;
  recoveryCodes: number;
  rememberedDevices: number;
}

export async function countHeld(db: Queryable, { contactCenterId, sub }: PersonKey): Promise<HeldFactors> {
  const { rows } = await db.query<HeldFactors>({
    name: 'count_factors',
    text: `SELECT
        (SELECT count(*)::int FROM auth.totp
          WHERE contact_center_id = $1 AND sub = $2 AND confirmed_at IS NOT NULL) AS totp,
        passkeys.*,
        (SELECT count(*)::int FROM auth.recovery_codes
          WHERE contact_center_id = $1 AND sub = $2) AS "recoveryCodes",
        (SELECT count(*)::int FROM auth.remembered_devices d JOIN auth.factor_epochs e USING (contact_center_id, sub, epoch)
          WHERE contact_center_id = $1 AND sub = $2 AND ends_at > clock_timestamp()) AS "rememberedDevices"
      FROM (SELECT count(*)::int AS passkeys, count(*) FILTER (WHERE NOT eligible)::int AS "devicePasskeys"
        FROM auth.passkeys WHERE contact_center_id = $1 AND sub = $2) AS passkeys`,
    values: [contactCenterId, sub],
  });
  return rows[0] as HeldFactors;
}

/** How many passkeys count by the policy: where synced ones are refused, those that stay on one device. */
export const countedPasskeys = (
  { passkeys, devicePasskeys }: HeldFactors,
  { syncedPasskeys }: { syncedPasskeys: 'allowed' | 'refused' },
): number => (syncedPasskeys === 'refused' ? devicePasskeys : passkeys);

/** What the person can give where passkeys do not work under the public host of the installation. */
export const usableFactors = (held: HeldFactors, arePasskeysOn: boolean): HeldFactors =>
  arePasskeysOn ? held : { ...held, passkeys: 0, devicePasskeys: 0 };

/** Factors that a person can sign in with again and again: recovery codes run out, and devices rest on another factor. */
export const lastingFactors = ({ totp, passkeys }: HeldFactors): number => totp + passkeys;

/** The proofs that the person can give by them, beside the one with which the sign-in begins. */
export function proofsOfHeld(
  { totp, passkeys, devicePasskeys, recoveryCodes }: Omit<HeldFactors, 'rememberedDevices'>,
  atMs: number,
): Proof[] {
  const passkey = { factor: 'passkey', atMs, isVerified: true } as const;
  const proofs: (Proof | false)[] = [
    totp > 0 && { factor: 'totp', atMs },
    recoveryCodes > 0 && { factor: 'recoveryCode', atMs },
    devicePasskeys > 0 && { ...passkey, isEligible: false },
    passkeys > devicePasskeys && { ...passkey, isEligible: true },
  ];
  return proofs.filter((proof) => proof !== false);
}
