/** Keeps copies of persons of the people store, by number and by the name under which they were found. */
import type { PersonQuery } from '@gatehouse/api-client/environment-api';
import type { PersonView } from '@gatehouse/contracts/environment-api';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { foldName } from '../../registry/contact-centers/fold-name.ts';

interface Kept {
  person: PersonView;
  readAtMs: number;
}

const maxPersons = 20_000;
const everybody = '*';

export function createPersonCopies(now: Clock) {
  const kept = createGrowingCache<Kept>(maxPersons);
  /** Numbers by the names under which people were found. */
  const numbers = createGrowingCache<number[]>(2 * maxPersons);
  /** Per running question what changed meanwhile: an answer from before a change must not be kept. */
  const running = new Set<Set<string>>();
  const recordChanged = (key: string) => {
    for (const changed of running) changed.add(key);
  };

  return {
    get: (environmentId: string, dbid: number): Kept | undefined => kept.get(keyOf(environmentId, dbid)),

    /** Before a question is asked. `keep` takes its answer, except what changed since; `end` must follow in any case. */
    expect(environmentId: string, query: PersonQuery) {
      const changed = new Set<string>();
      running.add(changed);
      return {
        keep(people: readonly PersonView[]): void {
          if (changed.has(everybody) || changed.has(environmentId)) return;
          for (const person of people) {
            const key = keyOf(environmentId, person.dbid);
            if (!changed.has(key)) kept.set(key, { person, readAtMs: now() });
          }
          if (people.length > 0)
            numbers.set(
              nameOf(environmentId, query),
              people.map(({ dbid }) => dbid),
            );
        },
        end: () => void running.delete(changed),
      };
    },

    /** Those whom the name meant when it was asked last, and the age of the oldest copy; undefined where one of them is missing. */
    find(environmentId: string, query: PersonQuery): { people: PersonView[]; ageMs: number } | undefined {
      const dbids = 'dbid' in query ? [Number(query.dbid)] : numbers.get(nameOf(environmentId, query));
      const found = (dbids ?? [])
        .flatMap((dbid) => kept.get(keyOf(environmentId, dbid)) ?? [])
        .filter(({ person }) => carries(person, query));
      if (found.length === 0 || found.length < (dbids?.length ?? 0)) return undefined;
      const ageMs = Math.max(...found.map(({ readAtMs }) => now() - readAtMs));
      return { people: found.map(({ person }) => person), ageMs };
    },

    /** Whether there was a copy. */
    drop(environmentId: string, dbid: number): boolean {
      const key = keyOf(environmentId, dbid);
      recordChanged(key);
      return kept.delete(key);
    },

    dropAll(environmentId: string): void {
      recordChanged(environmentId);
      for (const key of kept.keys()) if (key.startsWith(`${environmentId} `)) kept.delete(key);
    },

    clear(): void {
      recordChanged(everybody);
      kept.clear();
      numbers.clear();
    },
  };
}

function keyOf(environmentId: string, dbid: number): string {
  return `${environmentId} ${dbid}`;
}

type Field = 'dbid' | 'userName' | 'email' | 'externalId';

function nameOf(environmentId: string, query: PersonQuery): string {
  const [[field, value = ''] = []] = Object.entries(query) as [Field, string][];
  return `${environmentId} ${field} ${foldName(value)}`;
}

/** Names change hands: a copy may have another one by now. */
function carries(person: PersonView, query: PersonQuery): boolean {
  return (Object.entries(query) as [Field, string][]).every(
    ([field, value]) => foldName(String(person[field] ?? '')) === foldName(value),
  );
}
