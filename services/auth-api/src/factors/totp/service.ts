/** Adds, judges and removes apps that show one-time codes. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid, type SecretBox } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict, notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { Attempts } from '../attempts/attempts.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { AnsweringBrowser, GivenFactor } from '../store/given-factor.ts';
import { addFactor, type EnrolmentReason, type Removal, removeFactor } from '../store/lasting-factors.ts';
import type { Primary } from '../store/primary.ts';
import { base32Of, makeTotpSecret, readTotpCode, stepOf, type TotpForm, totpUri } from './codes.ts';
import {
  addWaiting,
  confirmWaiting,
  deleteTotp,
  findConfirmed,
  findWaiting,
  listTotp,
  renameTotp,
  type SealedTotp,
  totpPlace,
  useStep,
} from './store.ts';

/** Each one more is one more code that is right at a time. */
const maxApps = 3;

interface TotpOptions {
  /** Of this region: for lists. */
  db: Queryable;
  primary: Primary;
  /** @throws AppError 403 `read_only_region` that names the writable region */
  requireWritable(): void;
  secretBox: SecretBox;
  attempts: Attempts;
  events: FactorEvents;
  now: Clock;
}

export type TotpService = ReturnType<typeof createTotp>;

export function createTotp({ db, primary, requireWritable, secretBox, attempts, events, now }: TotpOptions) {
  const shownSetUp = (bytes: Uint8Array, id: string, form: TotpForm, app: ShownInApp) => ({
    id,
    secret: base32Of(bytes),
    uri: totpUri(bytes, form, app),
  });

  const stepFor = (person: PersonKey, { id, secret, digits, algorithm }: SealedTotp, typed: string) =>
    stepOf(readTotpCode(typed), secretBox.open(secret, totpPlace(person, id)), { digits, algorithm }, now());

  const match = async (person: PersonKey, typed: string): Promise<GivenFactor | undefined> => {
    for (const stored of await primary.ask((at) => findConfirmed(at, person))) {
      const step = stepFor(person, stored, typed);
      if (step === undefined) continue;
      const epoch = await primary.ask((at) => useStep(at, person, stored.id, step));
      if (epoch !== undefined) return { factor: 'totp', atMs: now(), epoch };
    }
    return undefined;
  };

  const complete = (person: PersonKey, { id, code, reason, name }: Confirmation) =>
    primary.inTransaction(async (transaction) => {
      const epoch = await addFactor(
        transaction,
        person,
        { factor: 'totp', reason, events },
        async ({ totp }) => {
          const waiting = await findWaiting(transaction, person, id);
          if (waiting === undefined)
            throw badRequest('The set-up has ended: begin again', { field: 'data.id' });
          if (totp >= maxApps)
            throw conflict(`A person has at most ${maxApps} apps for codes: remove one first`);
          const step = stepFor(person, waiting, code);
          const named = { id, name: name || waiting.name };
          const isRight = step !== undefined && (await confirmWaiting(transaction, person, named, step));
          return isRight ? named : undefined;
        },
      );
      return epoch === undefined ? undefined : ({ factor: 'totp', atMs: now(), epoch } satisfies GivenFactor);
    });

  return {
    /** Makes a secret that counts for nothing until `confirm`. @throws AppError (403, 503) */
    async begin(person: PersonKey, { name, issuer, account, ...form }: NewTotp) {
      requireWritable();
      const id = randomUuid();
      const bytes = makeTotpSecret(form.algorithm);
      const secret = secretBox.seal(bytes, totpPlace(person, id));
      await primary.ask((at) => addWaiting(at, person, { id, name, secret, ...form }));
      return shownSetUp(bytes, id, form, { issuer, account });
    },

    /**
     * The set-up of `begin` again, for a page that is loaded again; undefined when it has ended. `id`: as that sign-in keeps it. Another
     * browser that knows the password must not learn the secret that the person is about to confirm. @throws AppError (503)
     */
    async waiting(person: PersonKey, id: string, app: ShownInApp) {
      const waiting = await primary.ask((at) => findWaiting(at, person, id));
      if (waiting === undefined) return undefined;
      return shownSetUp(secretBox.open(waiting.secret, totpPlace(person, id)), id, waiting, app);
    },

    /**
     * Undefined for a wrong code. The right one is used up by it.
     * @throws AppError (400) too late; (403); (409) another factor is there, or too many; (429); (503)
     */
    async confirm(
      person: PersonKey,
      confirmation: Confirmation,
      browser: AnsweringBrowser,
    ): Promise<GivenFactor | undefined> {
      requireWritable();
      const given = await attempts.counted({ person, kind: 'enrolment' }, browser, () =>
        complete(person, confirmation),
      );
      if (given !== undefined) await attempts.endRow(person, 'totp');
      return given;
    },

    /** Undefined for a wrong code, and for one that was used before. @throws AppError (429, 503) */
    verify: (person: PersonKey, typed: string, browser: AnsweringBrowser): Promise<GivenFactor | undefined> =>
      attempts.counted({ person, kind: 'totp' }, browser, () => match(person, typed)),

    list: (person: PersonKey) => listTotp(db, person),

    /** @throws AppError (403, 404, 503) */
    async rename(person: PersonKey, id: string, name: string): Promise<void> {
      requireWritable();
      if (!(await primary.ask((at) => renameTotp(at, person, id, name))))
        throw notFound('There is no such app for codes');
    },

    /** @throws AppError (403, 404, 409, 503) */
    async remove(person: PersonKey, removal: Removal): Promise<void> {
      requireWritable();
      await primary.inTransaction((transaction) =>
        removeFactor(transaction, person, { factor: 'totp', events, ...removal }, async () => {
          const name = await deleteTotp(transaction, person, removal.id);
          if (name === undefined) throw notFound('There is no such app for codes');
          return name;
        }),
      );
    },
  };
}

export interface ShownInApp {
  issuer: string;
  account: string;
}

export interface NewTotp extends TotpForm, ShownInApp {
  /** As the person calls it. */
  name: string;
}

export interface Confirmation {
  id: string;
  code: string;
  /** Instead of the one of `begin`. */
  name?: string | undefined;
  reason: EnrolmentReason;
}
