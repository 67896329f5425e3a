/** Looks at everybody who has a number: who may still sign in, who may not, who is gone, and since when passwords hold. */
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { PersonNumbers } from '../person-numbers.ts';
import { mayEnter } from './account-state.ts';
import { type FindSettings, findByIds } from './find.ts';
import { lookAttributes } from './person.ts';

export interface KnownPerson {
  dbid: number;
  /** False: disabled, gone, or none of the environment's people any more. */
  isEnabled: boolean;
  isGone: boolean;
  passwordChangedAt: number | undefined;
}

const numbersAtOnce = 1_000;
/** A filter of a hundred terms; the server compares each found entry with all of them. */
const idsAtOnce = 100;

/** `ask`: on the connection that is open now. One search after the other, because logins wait on that connection too. */
export async function* lookAtKnown(
  numbers: Pick<PersonNumbers, 'known'>,
  settings: FindSettings,
  ask: <T>(work: (connection: LdapConnection, limits: CallLimits) => Promise<T>) => Promise<T>,
): AsyncGenerator<KnownPerson[]> {
  for (let after = 0; ; ) {
    const known = await numbers.known(after, numbersAtOnce);
    for (let index = 0; index < known.length; index += idsAtOnce) {
      const batch = known.slice(index, index + idsAtOnce);
      yield await ask((...by) => look(batch, settings, ...by));
    }
    const last = known.at(-1);
    if (last === undefined || known.length < numbersAtOnce) return;
    after = last.dbid;
  }
}

async function look(
  batch: readonly { externalId: string; dbid: number }[],
  settings: FindSettings,
  connection: LdapConnection,
  limits: CallLimits,
): Promise<KnownPerson[]> {
  const ids = batch.map(({ externalId }) => externalId);
  const found = await findByIds(connection, ids, settings, limits, lookAttributes(settings));
  const persons = new Map(found.map((person) => [person.id, person]));
  return batch.map(({ externalId, dbid }) => {
    const state = persons.get(externalId)?.state;
    const isGone = state === undefined;
    return {
      dbid,
      isGone,
      isEnabled: !isGone && mayEnter(state),
      passwordChangedAt: state?.passwordChangedAt,
    };
  });
}
