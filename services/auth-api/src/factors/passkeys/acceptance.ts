/** Accepts a verified use of a passkey, unless its counter shows that a copy exists (WebAuthn section 6.1.1). */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { Primary } from '../store/primary.ts';
import type { Use } from './passkey.ts';
import { refused } from './refusals.ts';
import { type CounterVerdict, goesBack, recordUse, type StoredPasskey } from './store.ts';

export interface AcceptanceOptions {
  primary: Pick<Primary, 'askOr'>;
  events: Pick<FactorEvents, 'write'>;
  now: Clock;
  log: Logger;
}

/** A proof of a sign-in: which passkey of whom, and what it counts for. */
export interface ProvedPasskey extends PersonKey, Omit<Use, 'counter'> {
  passkeyId: string;
  atMs: number;
  /** In which the passkey counted: a device is remembered only while it lasts. */
  epoch: number;
}

export function createAcceptance({ primary, events, now, log }: AcceptanceOptions) {
  const warn = (passkey: StoredPasskey, isRefused: boolean) =>
    events.write(
      passkey,
      'passkey_clone_suspected',
      { passkey: passkey.id.toString('base64url'), mayBeSynced: passkey.isEligible },
      isRefused ? 'failure' : 'success',
    );

  /** The primary decides. Where it cannot be reached, the copy is asked whether its counter is passed, and nothing is noted. */
  const judge = async (passkey: StoredPasskey, use: Use): Promise<CounterVerdict> => {
    const verdict = await primary.askOr(
      (db) => recordUse(db, passkey.id, use),
      () => {
        log.warn('a passkey is used without its counter: the primary PostgreSQL cannot be reached');
        const { counter, hasCloneWarning: wasWarned, epoch } = passkey;
        return { goesBack: goesBack(counter, use.counter), wasWarned, epoch };
      },
    );
    // It was removed a moment ago; the copy of the region does not know yet.
    if (verdict === undefined) throw refused('passkey_unknown', 'it was removed meanwhile');
    return verdict;
  };

  /** The counter of a passkey on one device is its own; copies of a synced one may count each for itself. @throws AppError `passkey_cloned` */
  return async function accept(passkey: StoredPasskey, use: Use): Promise<ProvedPasskey> {
    const verdict = await judge(passkey, use);
    const isRefused = verdict.goesBack && !passkey.isEligible;
    if (isRefused || (verdict.goesBack && !verdict.wasWarned)) await warn(passkey, isRefused);
    if (isRefused) throw refused('passkey_cloned', `its counter is ${use.counter}`);
    const { contactCenterId, sub, id } = passkey;
    const { isVerified, isEligible, isSynced } = use;
    return {
      ...{ contactCenterId, sub, passkeyId: id.toString('base64url'), isVerified, isEligible, isSynced },
      ...{ atMs: now(), epoch: verdict.epoch },
    };
  };
}
