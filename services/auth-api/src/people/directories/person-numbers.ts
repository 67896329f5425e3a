/** Gives people of directories the numbers that Environment API allocates, and remembers them: they never change. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { maxNumbersAtOnce } from '@gatehouse/contracts/environment-api';
import type { PersonNumbers } from '@gatehouse/directory-ldap';
import { ConfigServerError } from '@gatehouse/people-directory';
import { createGrowingCache } from '@gatehouse/service-kit/cache';

/** About 10 MB. A person who is not among them costs one more question. */
const maxKept = 50_000;

/** The returned function gives the numbers of one environment. They reject with ConfigServerError. */
export function createPersonNumbers(
  client: Pick<EnvironmentApiClient, 'numberPeople' | 'knownNumbers' | 'personNumbers'>,
) {
  const dbids = createGrowingCache<number>(maxKept);
  const externalIds = createGrowingCache<string>(maxKept);

  return (environmentId: string): PersonNumbers => {
    const keep = (given: readonly { externalId: string; dbid: number }[]) => {
      for (const { externalId, dbid } of given) {
        dbids.set(`${environmentId} ${externalId}`, dbid);
        externalIds.set(`${environmentId} ${dbid}`, externalId);
      }
    };
    const lookUp = (wanted: readonly string[]) => {
      const found = new Map<string, number>();
      const missing: string[] = [];
      for (const externalId of wanted) {
        const dbid = dbids.get(`${environmentId} ${externalId}`);
        if (dbid === undefined) missing.push(externalId);
        else found.set(externalId, dbid);
      }
      return { found, missing };
    };
    return {
      async of(wanted) {
        const { found, missing } = lookUp(wanted);
        for (let index = 0; index < missing.length; index += maxNumbersAtOnce) {
          const some = missing.slice(index, index + maxNumbersAtOnce);
          const given = await asked(client.numberPeople(environmentId, some));
          keep(given);
          for (const { externalId, dbid } of given) found.set(externalId, dbid);
        }
        return found;
      },
      async given(wanted) {
        const { found, missing } = lookUp(wanted);
        const given = missing.length === 0 ? [] : await asked(client.knownNumbers(environmentId, missing));
        keep(given);
        for (const { externalId, dbid } of given) found.set(externalId, dbid);
        return found;
      },
      async idOf(dbid) {
        const kept = externalIds.get(`${environmentId} ${dbid}`);
        if (kept !== undefined) return kept;
        const given = await asked(client.personNumbers(environmentId, { dbid }));
        keep(given);
        return given[0]?.externalId;
      },
      known: (after, limit) => asked(client.personNumbers(environmentId, { after, limit })),
    };
  };
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new ConfigServerError('Overloaded', 'Environment API cannot give the numbers of people', { cause });
  }
}
