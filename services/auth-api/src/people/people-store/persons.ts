/** Reads persons of the people store and keeps copies, for the time in which Environment API does not answer. */
import type { EnvironmentApiClient, PersonQuery } from '@gatehouse/api-client/environment-api';
import { type PersonView, readPersonChangeId } from '@gatehouse/contracts/environment-api';
import { createGrowingCache, type OwnerState } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { foldName } from '../../registry/contact-centers/fold-name.ts';
import { readAnswer } from '../../registry/contact-centers/service.ts';

export interface PersonsOptions {
  client: Pick<EnvironmentApiClient, 'findPeople'>;
  /** Maximum age of a copy that is used while Environment API is down. */
  staleMaxSeconds: number;
  owner: OwnerState;
  now: Clock;
  onStale(ageMs: number, error: unknown): void;
}

interface Kept {
  person: PersonView;
  readAtMs: number;
}

/** Undefined: the person was deleted. */
type PersonListener = (dbid: number, person: PersonView | undefined) => void;

export type Persons = ReturnType<typeof createPersons>;

const maxPersons = 20_000;
/** A question by number gets a copy of up to this age: one login asks several times, and refreshes come often. */
const freshMs = 60_000;
const everybody = '*';
/** Environment API is not asked for so long after a failure. */
const retryMs = 1_000;
/** No name is longer. Its server refuses a much longer address before it reads it, which would count as an outage for everybody. */
const maxNameLength = 255;

export function createPersons({ client, staleMaxSeconds, owner, now, onStale }: PersonsOptions) {
  const kept = createGrowingCache<Kept>(maxPersons);
  /** Numbers by the names under which people were found. */
  const numbers = createGrowingCache<number[]>(2 * maxPersons);
  /** Per running question what changed meanwhile: an answer from before a change must not be kept. */
  const running = new Set<Set<string>>();
  const recordChanged = (key: string) => {
    for (const changed of running) changed.add(key);
  };
  let announcing = Promise.resolve();
  const listeners = new Map<string, Set<PersonListener>>();

  async function ask(environmentId: string, query: PersonQuery): Promise<PersonView[]> {
    const changed = new Set<string>();
    running.add(changed);
    try {
      const people = await findPeople(environmentId, query);
      owner.failure = undefined;
      if (changed.has(everybody) || changed.has(environmentId)) return people;
      for (const person of people) {
        const key = keyOf(environmentId, person.dbid);
        if (!changed.has(key)) kept.set(key, { person, readAtMs: now() });
      }
      if (people.length > 0)
        numbers.set(
          nameOf(environmentId, query),
          people.map(({ dbid }) => dbid),
        );
      return people;
    } catch (error) {
      owner.failure = { error, retryAtMs: now() + retryMs };
      throw error;
    } finally {
      running.delete(changed);
    }
  }

  async function findPeople(environmentId: string, query: PersonQuery): Promise<PersonView[]> {
    if (Object.values(query).some(({ length }) => length > maxNameLength)) return [];
    const loaded = await readAnswer(client.findPeople(environmentId, query));
    return loaded.status === 'found' ? loaded.value.people : [];
  }

  /** The copies of those whom the name meant when it was asked last. @throws the failure where none is left */
  function copies(environmentId: string, query: PersonQuery, failure: unknown): PersonView[] {
    const dbids = 'dbid' in query ? [Number(query.dbid)] : numbers.get(nameOf(environmentId, query));
    const found = (dbids ?? [])
      .flatMap((dbid) => kept.get(keyOf(environmentId, dbid)) ?? [])
      .filter(({ person }) => carries(person, query));
    const ageMs = Math.max(...found.map(({ readAtMs }) => now() - readAtMs));
    if (found.length === 0 || found.length < (dbids?.length ?? 0) || ageMs > staleMaxSeconds * 1000)
      throw failure;
    onStale(ageMs, failure);
    return found.map(({ person }) => person);
  }

  async function read(environmentId: string, query: PersonQuery): Promise<PersonView[]> {
    const { failure } = owner;
    if (failure !== undefined && now() < failure.retryAtMs)
      return copies(environmentId, query, failure.error);
    // One question is enough to learn whether Environment API answers again.
    if (failure !== undefined) failure.retryAtMs = now() + retryMs;
    try {
      return await ask(environmentId, query);
    } catch (error) {
      return copies(environmentId, query, error);
    }
  }

  function drop(environmentId: string, dbid: number): boolean {
    const key = keyOf(environmentId, dbid);
    recordChanged(key);
    return kept.delete(key);
  }

  async function announce(environmentId: string, dbid: number): Promise<void> {
    const listening = listeners.get(environmentId);
    if (listening === undefined || listening.size === 0) return;
    // The ends of sessions and tokens are announced apart: a failure here is no loss.
    const [person] = await ask(environmentId, { dbid: String(dbid) }).catch(() => []);
    if (owner.failure !== undefined) return;
    for (const listener of listening) listener(dbid, person);
  }

  return {
    /**
     * Asks Environment API each time. A name that nobody has takes as long, and nobody signs in by a password that was right a
     * moment ago. @throws Error when it does not answer and no copy is left
     */
    byName: (environmentId: string, query: Exclude<PersonQuery, { dbid: string }>) =>
      read(environmentId, query),
    /** @throws Error when Environment API does not answer and no copy is left */
    async byNumber(environmentId: string, dbid: number): Promise<PersonView | undefined> {
      const copy = kept.get(keyOf(environmentId, dbid));
      if (copy !== undefined && now() - copy.readAtMs < freshMs) return copy.person;
      const [person] = await read(environmentId, { dbid: String(dbid) });
      return person;
    },
    /** Drops the copy: it must not be used again, not even while Environment API is down. */
    forget: (environmentId: string, dbid: number): void => void drop(environmentId, dbid),
    /** Follows a change of the entity `person`. */
    applyChange({ id }: { id: string }): void {
      const named = readPersonChangeId(id);
      if (named === undefined) {
        // Everybody of the environment.
        recordChanged(id);
        for (const key of kept.keys()) if (key.startsWith(`${id} `)) kept.delete(key);
        return;
      }
      // Of the others nothing was used here, so nobody waits to hear of them.
      if (!drop(named.environmentId, named.dbid)) return;
      announcing = announcing.then(() => announce(named.environmentId, named.dbid));
    },
    /** Changes were missed, or may have been. */
    applyGap(): void {
      recordChanged(everybody);
      kept.clear();
      numbers.clear();
    },
    /** Reports changes of persons who were read here. Returns the function that ends the subscription. */
    listen(environmentId: string, listener: PersonListener): () => void {
      const listening = listeners.get(environmentId) ?? new Set();
      listeners.set(environmentId, listening.add(listener));
      return () => {
        listening.delete(listener);
        if (listening.size === 0) listeners.delete(environmentId);
      };
    },
    /** Why Environment API cannot be asked now; undefined while it answers. */
    failure: () => owner.failure?.error,
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
