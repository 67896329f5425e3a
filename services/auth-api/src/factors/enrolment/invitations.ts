/** Makes the codes by which an administrator lets a person add a first factor: one use, ten minutes, one of a person. */
import { createHmac } from 'node:crypto';
import { deriveMacKeys, type Secret } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import type { Attempts } from '../attempts/attempts.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { AnsweringBrowser } from '../store/given-factor.ts';
import { addHistory } from '../store/history.ts';
import type { Primary } from '../store/primary.ts';
import { makeSpokenCode, readSpokenCode } from '../store/spoken-code.ts';

/** 50 random bits: XXXXX-XXXXX. NIST SP 800-63B wants 40 where the code comes with a name. */
const groups = 2;
const groupLength = 5;
const lifeMinutes = 10;

interface InvitationOptions {
  primary: Primary;
  /** @throws AppError 403 `read_only_region` that names the writable region */
  requireWritable(): void;
  attempts: Attempts;
  events: FactorEvents;
  encryptionKeys: Secret;
}

export function createInvitations(options: InvitationOptions) {
  const { primary, requireWritable, attempts, events, encryptionKeys } = options;
  const keys = deriveMacKeys(encryptionKeys, 'factor invitation');
  const digestsOf = (person: PersonKey, code: string): Buffer[] =>
    keys.map((key) =>
      createHmac('sha256', key)
        .update(`${personAt(person)}\n${readSpokenCode(code)}`)
        .digest(),
    );

  return {
    /** Takes the place of the invitation before. `by`: the administrator, `reason`: theirs. @throws AppError (403, 503) */
    async make(
      person: PersonKey,
      { reason, by }: { reason: string; by: string },
    ): Promise<{ code: string; endsAt: Date }> {
      requireWritable();
      const code = makeSpokenCode(groups, groupLength);
      const [digest] = digestsOf(person, code);
      const endsAt = await primary.inTransaction(async (transaction) => {
        await addHistory(transaction, person, { change: 'invited', factor: 'any', reason, by });
        return replaceInvitation(transaction, person, digest, by);
      });
      return { code, endsAt };
    },

    /** The administrator who invited; undefined for a wrong code, one that was used before, or one that is over. @throws AppError (403, 429, 503) */
    async redeem(person: PersonKey, typed: string, browser: AnsweringBrowser): Promise<string | undefined> {
      // The factor could not be added here.
      requireWritable();
      return attempts.counted({ person, kind: 'invitation' }, browser, () =>
        primary.inTransaction(async (transaction) => {
          const madeBy = await useInvitation(transaction, person, digestsOf(person, typed));
          if (madeBy === undefined) return undefined;
          const { sub: by } = person;
          await addHistory(transaction, person, { change: 'invitation used', factor: 'any', by });
          const invitedBy = madeBy;
          await events.inTransaction(transaction, person, 'factor_invitation_used', { invitedBy });
          return madeBy;
        }),
      );
    },
  };
}

async function replaceInvitation(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  digest: Buffer | undefined,
  by: string,
): Promise<Date> {
  const { rows } = await db.query<{ endsAt: Date }>(
    `INSERT INTO auth.factor_invitations (contact_center_id, sub, digest, made_by, ends_at)
      VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(mins => ${lifeMinutes}))
      ON CONFLICT (contact_center_id, sub) DO UPDATE SET digest = excluded.digest, made_by = excluded.made_by,
        made_at = clock_timestamp(), ends_at = excluded.ends_at, used_at = NULL
      RETURNING ends_at AS "endsAt"`,
    [contactCenterId, sub, digest, by],
  );
  const [made] = rows;
  if (made === undefined) throw new Error('the invitation was not stored');
  return made.endsAt;
}

/** Of all who present it at the same time one learns who made it. */
async function useInvitation(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  digests: readonly Buffer[],
): Promise<string | undefined> {
  const { rows } = await db.query<{ madeBy: string }>(
    `UPDATE auth.factor_invitations SET used_at = clock_timestamp()
      WHERE contact_center_id = $1 AND sub = $2 AND digest = ANY ($3::bytea[])
        AND used_at IS NULL AND ends_at > clock_timestamp()
      RETURNING made_by AS "madeBy"`,
    [contactCenterId, sub, digests],
  );
  return rows[0]?.madeBy;
}
