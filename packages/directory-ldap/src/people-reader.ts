/** Finds people of the directory with their numbers, and remembers for a moment who they are. */

import { CfgObjectState, type CfgPerson, type PersonFilter } from '@gatehouse/people-directory';
import { LRUCache } from 'lru-cache';
import type { Directory, Link } from './directory.ts';
import { mayEnter } from './people/account-state.ts';
import { findByIds, findByUserName, findPersons, termsOf } from './people/find.ts';
import type { GroupMember } from './people/groups.ts';
import { cfgPersonOf, type DirectoryPerson } from './people/person.ts';
import type { PersonNumbers } from './person-numbers.ts';

/** More persons in one answer are an error: nobody asks for so many. */
const maxPersons = 10_000;
/** Of those whose state is asked for while only some are wanted. */
const sampleOfState = 200;
/** Between reading a person and reading the groups: one login, not two searches for the same entry. */
const recentMs = 10_000;
const maxRecent = 10_000;

export function createPeopleReader(settings: Directory['settings'], numbers: PersonNumbers) {
  // Not `max`, which allocates every slot at once: each environment has such a memory.
  const recent = new LRUCache<number, GroupMember>({
    maxSize: maxRecent,
    sizeCalculation: () => 1,
    ttl: recentMs,
  });

  const numbered = async (persons: readonly DirectoryPerson[]): Promise<CfgPerson[]> => {
    if (persons.length === 0) return [];
    const dbids = await numbers.of(persons.map(({ id }) => id));
    return persons.flatMap((person) => {
      const dbid = dbids.get(person.id);
      if (dbid === undefined) return [];
      // Not the entry: a server decides how much it sends.
      recent.set(dbid, { dn: person.dn, userName: person.userName });
      return cfgPersonOf(person, dbid, settings);
    });
  };

  const findByDbid = async (dbid: number, { main, limits }: Link): Promise<DirectoryPerson | undefined> => {
    const id = dbid < 1 ? undefined : await numbers.idOf(dbid);
    const [person] = id === undefined ? [] : await findByIds(main, [id], settings, limits);
    return person;
  };

  const find = async (filter: PersonFilter, link: Link, maxObjects?: number): Promise<CfgPerson[]> => {
    const { dbid, user_name, state } = filter;
    const terms = termsOf(filter, settings);
    if (terms === undefined) return [];
    const { main, limits } = link;
    let found: DirectoryPerson[];
    if (dbid !== undefined) found = [await findByDbid(dbid, link)].filter((one) => one !== undefined);
    else if (user_name !== undefined && terms.length === 1)
      found = [await findByUserName(main, user_name, settings, limits)].filter((one) => one !== undefined);
    else {
      // The state is no term of the search: some more are looked at than are asked for.
      const wanted = maxObjects === undefined || state === undefined ? maxObjects : sampleOfState;
      const bound = { maxPersons: wanted ?? maxPersons, mayCut: maxObjects !== undefined };
      found = await findPersons(main, terms, settings, bound, limits);
    }
    const isOfState = (person: DirectoryPerson) =>
      state === undefined || (state === CfgObjectState.enabled) === mayEnter(person.state);
    return numbered(found.filter(isOfState).slice(0, maxObjects));
  };

  return { numbered, findByDbid, find, recent: (dbid: number) => recent.get(dbid) };
}
