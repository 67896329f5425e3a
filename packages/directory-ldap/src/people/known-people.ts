/** Looks at everybody who has a number: who may still sign in, who may not, who is gone, and since when passwords hold. */
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { PersonNumbers } from '../person-numbers.ts';
import { mayEnter } from './account-state.ts';
import { type FindSettings, findByIds } from './find.ts';

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
const searchesAtOnce = 4;

/** `ask`: on the connection that is open now. In pieces, because there may be many. */
export async function* lookAtKnown(
  numbers: Pick<PersonNumbers, 'known'>,
  settings: FindSettings,
  ask: <T>(work: (connection: LdapConnection, limits: CallLimits) => Promise<T>) => Promise<T>,
): AsyncGenerator<KnownPerson[]> {
  for (let after = 0; ; ) {
    const known = await numbers.known(after, numbersAtOnce);
    const batches = chunksOf(known, idsAtOnce);
    for (const some of chunksOf(batches, searchesAtOnce)) {
      const found = await Promise.all(some.map((batch) => ask((...by) => look(batch, settings, ...by))));
      yield found.flat();
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
  const persons = new Map(
    (await findByIds(connection, ids, settings, limits)).map((person) => [person.id, person]),
  );
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

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_chunk, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
