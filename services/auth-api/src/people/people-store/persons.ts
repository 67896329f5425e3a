/** Reads persons of the people store; uses copies while Environment API does not answer. */
import type { EnvironmentApiClient, PersonQuery } from '@gatehouse/api-client/environment-api';
import { type PersonView, readPersonChangeId } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { type CopySettings, readAnswer } from '../../registry/contact-centers/service.ts';
import { createPersonCopies } from './person-copies.ts';

export interface PersonsOptions {
  client: Pick<EnvironmentApiClient, 'findPeople'>;
  copies: CopySettings;
  now: Clock;
  log: Logger;
}

/** Undefined: the person was deleted. */
type PersonListener = (dbid: number, person: PersonView | undefined) => void;

export type Persons = ReturnType<typeof createPersons>;

/** A question by number gets a copy of up to this age: one login asks several times, and refreshes come often. */
const freshMs = 60_000;
/** Environment API is not asked for so long after a failure. */
const retryMs = 1_000;
/** No name is longer. Its server refuses a much longer address before it reads it, which would count as an outage for everybody. */
const maxNameLength = 255;

export function createPersons({ client, copies: settings, now, log }: PersonsOptions) {
  const { staleMaxSeconds, owner } = settings;
  const copies = createPersonCopies(now);
  let announcing = Promise.resolve();
  const listeners = new Map<string, Set<PersonListener>>();

  async function ask(environmentId: string, query: PersonQuery): Promise<PersonView[]> {
    const answer = copies.expect(environmentId, query);
    try {
      const people = await findPeople(client, environmentId, query);
      owner.failure = undefined;
      answer.keep(people);
      return people;
    } catch (error) {
      owner.failure = { error, retryAtMs: now() + retryMs };
      throw error;
    } finally {
      answer.end();
    }
  }

  /** @throws the failure where no copy is left, or only an old one */
  function copied(environmentId: string, query: PersonQuery, failure: unknown): PersonView[] {
    const found = copies.find(environmentId, query);
    if (found === undefined || found.ageMs > staleMaxSeconds * 1000) throw failure;
    log.warn(
      { err: failure, ageMs: found.ageMs },
      'Environment API cannot answer: the copy of a person is used',
    );
    return found.people;
  }

  async function read(environmentId: string, query: PersonQuery): Promise<PersonView[]> {
    const { failure } = owner;
    if (failure !== undefined && now() < failure.retryAtMs)
      return copied(environmentId, query, failure.error);
    // One question is enough to learn whether Environment API answers again.
    if (failure !== undefined) failure.retryAtMs = now() + retryMs;
    try {
      return await ask(environmentId, query);
    } catch (error) {
      return copied(environmentId, query, error);
    }
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
      const copy = copies.get(environmentId, dbid);
      if (copy !== undefined && now() - copy.readAtMs < freshMs) return copy.person;
      const [person] = await read(environmentId, { dbid: String(dbid) });
      return person;
    },
    /** Drops the copy: it must not be used again, not even while Environment API is down. */
    forget: (environmentId: string, dbid: number): void => void copies.drop(environmentId, dbid),
    /** Follows a change of the entity `person`. */
    applyChange({ id }: { id: string }): void {
      const named = readPersonChangeId(id);
      if (named === undefined) {
        // Everybody of the environment.
        copies.dropAll(id);
        return;
      }
      // Of the others nothing was used here, so nobody waits to hear of them.
      if (!copies.drop(named.environmentId, named.dbid)) return;
      announcing = announcing.then(() => announce(named.environmentId, named.dbid));
    },
    /** Changes were missed, or may have been. */
    applyGap: copies.clear,
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

async function findPeople(
  client: PersonsOptions['client'],
  environmentId: string,
  query: PersonQuery,
): Promise<PersonView[]> {
  if (Object.values(query).some(({ length }) => length > maxNameLength)) return [];
  const loaded = await readAnswer(client.findPeople(environmentId, query));
  return loaded.status === 'found' ? loaded.value.people : [];
}
