/** Makes recovery codes, which are shown once, and uses each of them up once. */
import { createHmac } from 'node:crypto';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomBytes, type SecretBox, type SecretPlace } from '@gatehouse/service-kit/crypto';
import { conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import type { Attempts } from '../attempts/attempts.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { AnsweringBrowser, GivenFactor } from '../store/given-factor.ts';
import { countHeld, lastingFactors } from '../store/held.ts';
import { addHistory } from '../store/history.ts';
import { lockFactors } from '../store/person-lock.ts';
import type { Primary } from '../store/primary.ts';
import { makeSpokenCode, readSpokenCode } from '../store/spoken-code.ts';

const count = 10;
/** 80 random bits: XXXX-XXXX-XXXX-XXXX. */
const groups = 4;
const groupLength = 4;

interface RecoveryOptions {
  primary: Primary;
  /** @throws AppError 403 `read_only_region` that names the writable region */
  requireWritable(): void;
  secretBox: SecretBox;
  attempts: Attempts;
  events: FactorEvents;
  now: Clock;
}

export const recoveryKeyPlace = (person: PersonKey): SecretPlace => ({
  table: 'auth.recovery_keys',
  row: personAt(person),
  column: 'key',
});

export function createRecovery({
  primary,
  requireWritable,
  secretBox,
  attempts,
  events,
  now,
}: RecoveryOptions) {
  const digestOf = (key: Uint8Array, code: string) =>
    createHmac('sha256', key).update(readSpokenCode(code)).digest();

  const use = async (person: PersonKey, typed: string): Promise<GivenFactor | undefined> => {
    const sealed = await primary.ask((db) => findKey(db, person));
    if (sealed === undefined) return undefined;
    const digest = digestOf(secretBox.open(sealed, recoveryKeyPlace(person)), typed);
    return primary.inTransaction(async (transaction) => {
      const epoch = await useCode(transaction, person, digest);
      if (epoch === undefined) return undefined;
      await addHistory(transaction, person, { change: 'used', factor: 'recoveryCodes', by: person.sub });
      const { recoveryCodes: left } = await countHeld(transaction, person);
      await events.inTransaction(transaction, person, 'recovery_code_used', { left });
      return { factor: 'recoveryCode', atMs: now(), epoch };
    });
  };

  return {
    /**
     * Takes the place of the codes before; nobody can show them again. Only beside another factor: alone they would be a password on paper.
     * @throws AppError (403, 409, 503)
     */
    async make(person: PersonKey, { by }: { by: string }): Promise<string[]> {
      requireWritable();
      const key = randomBytes(32);
      const codes = Array.from({ length: count }, () => makeSpokenCode(groups, groupLength));
      await primary.inTransaction(async (transaction) => {
        await lockFactors(transaction, person);
        if (lastingFactors(await countHeld(transaction, person)) === 0)
          throw conflict('Recovery codes are made for somebody who has a second factor: add one first');
        await replaceCodes(transaction, person, {
          key: secretBox.seal(key, recoveryKeyPlace(person)),
          digests: codes.map((code) => digestOf(key, code)),
        });
        await addHistory(transaction, person, { change: 'added', factor: 'recoveryCodes', by });
        await events.inTransaction(transaction, person, 'factor_added', { factor: 'recoveryCodes' });
      });
      return codes;
    },

    /** Undefined for a wrong code, and for one that was used before. @throws AppError (429, 503) */
    verify: (person: PersonKey, typed: string, browser: AnsweringBrowser): Promise<GivenFactor | undefined> =>
      attempts.counted({ person, kind: 'recoveryCode' }, browser, () => use(person, typed)),
  };
}

async function findKey(db: Queryable, { contactCenterId, sub }: PersonKey): Promise<string | undefined> {
  const { rows } = await db.query<{ key: string }>(
    'SELECT key FROM auth.recovery_keys WHERE contact_center_id = $1 AND sub = $2',
    [contactCenterId, sub],
  );
  return rows[0]?.key;
}

/** Of all who present the code at the same time one gets the epoch. */
async function useCode(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  digest: Uint8Array,
): Promise<number | undefined> {
  const { rows } = await db.query<{ epoch: number }>(
    `DELETE FROM auth.recovery_codes AS code USING auth.factor_epochs AS counted
      WHERE code.contact_center_id = $1 AND code.sub = $2 AND code.digest = $3
        AND counted.contact_center_id = $1 AND counted.sub = $2
      RETURNING counted.epoch`,
    [contactCenterId, sub, digest],
  );
  return rows[0]?.epoch;
}

/** The codes before go with their key. */
async function replaceCodes(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  { key, digests }: { key: string; digests: readonly Buffer[] },
): Promise<void> {
  await db.query('DELETE FROM auth.recovery_keys WHERE contact_center_id = $1 AND sub = $2', [
    contactCenterId,
    sub,
  ]);
  await db.query('INSERT INTO auth.recovery_keys (contact_center_id, sub, key) VALUES ($1, $2, $3)', [
    contactCenterId,
    sub,
    key,
  ]);
  await db.query(
    `INSERT INTO auth.recovery_codes (contact_center_id, sub, digest)
      SELECT $1, $2, digest FROM unnest($3::bytea[]) AS digest`,
    [contactCenterId, sub, digests],
  );
}
