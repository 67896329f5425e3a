/** Adds and removes the factors with which a person signs in again and again: one change after the other, and each written down. */
import { conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { FactorEvents } from './factor-events.ts';
import { endWithLastFactor } from './forget.ts';
import { countHeld, type HeldFactors, lastingFactors } from './held.ts';
import { addHistory } from './history.ts';
import { beginEpoch, lockFactors } from './person-lock.ts';

/**
 * Why a person may add a factor. `strongestSignIn`: they signed in a moment ago by the best that they have. The others count for a
 * first factor alone, or somebody with the password would add one beside it.
 */
export type EnrolmentReason = 'strongestSignIn' | 'grace' | 'invitation' | 'provider';

interface Change {
  factor: 'totp' | 'passkey';
  events: Pick<FactorEvents, 'inTransaction'>;
}

interface Added {
  id: string;
  name: string;
  /** For the security event. */
  facts?: Record<string, string | boolean>;
}

export interface Removal {
  id: string;
  /** Whether what is left is enough for the policy: otherwise nothing is removed. */
  isEnough(left: HeldFactors): boolean;
  by: string;
}

/** `add` resolves to undefined where it adds nothing. Resolves to the epoch in which the factor counts. @throws AppError (409) */
export async function addFactor(
  transaction: Queryable,
  person: PersonKey,
  { factor, reason, events }: Change & { reason: EnrolmentReason },
  add: (held: HeldFactors, epoch: number) => Promise<Added | undefined>,
): Promise<number | undefined> {
  const epoch = await lockFactors(transaction, person);
  const held = await countHeld(transaction, person);
  if (reason !== 'strongestSignIn' && lastingFactors(held) > 0)
    throw conflict('The person has a second factor by now: sign in with it to add another one');
  const added = await add(held, epoch);
  if (added === undefined) return undefined;
  const { id: factorId, name, facts } = added;
  await addHistory(transaction, person, { change: 'added', factor, factorId, name, reason, by: person.sub });
  await events.inTransaction(transaction, person, 'factor_added', { factor, name, reason, ...facts });
  return epoch;
}

/** `remove` resolves to the name of the factor. @throws AppError (409) */
export async function removeFactor(
  transaction: Queryable,
  person: PersonKey,
  { factor, events, id, isEnough, by }: Removal & Change,
  remove: () => Promise<string>,
): Promise<void> {
  await lockFactors(transaction, person);
  const name = await remove();
  const left = await countHeld(transaction, person);
  if (!isEnough(left))
    throw conflict('The contact centre requires such a second factor: add another one first');
  if (lastingFactors(left) === 0) await endWithLastFactor(transaction, person);
  // A telephone or a computer that was lost may be a remembered device as well.
  await beginEpoch(transaction, person);
  await addHistory(transaction, person, { change: 'removed', factor, factorId: id, name, by });
  await events.inTransaction(transaction, person, 'factor_removed', { factor, name });
}
