/** Finds people by the beginning of a name, for administrators who look for somebody. */
import {
  environmentTenantDbid,
  type FoundPerson,
  type PersonPage,
  type PersonSearch,
  pageOf,
} from '@gatehouse/people-directory';
import type { Filter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { PersonNumbers } from '../person-numbers.ts';
import { lockAttributes, mayEnter } from './account-state.ts';
import { textOf } from './entry.ts';
import { allOf, anyOf, beginsWith, equals } from './filters.ts';
import type { FindSettings } from './find.ts';
import { type DirectoryPerson, personAttributes, readPerson } from './person.ts';
import { searchSome } from './search.ts';

/**
 * LDAP gives entries in no order, and a place in its pages belongs to one connection. So a page of ours is cut from the first
 * people that the directory gives, sorted here.
 */
const lookedAt = 500;
/** "de la Cruz" may begin in the first name or in the last name. */
const maxSpaces = 4;

/** Numbers nobody: who is only looked at gets no number. Errors: those of `search` */
export async function searchPeople(
  connection: LdapConnection,
  search: PersonSearch,
  settings: FindSettings,
  numbers: Pick<PersonNumbers, 'given'>,
  limits: CallLimits,
): Promise<PersonPage> {
  const { text, isUserName = false, tenantDbid = environmentTenantDbid } = search;
  const none = { people: [], isCut: false, isWholeNames: false };
  if (tenantDbid !== environmentTenantDbid || (isUserName && text === '')) return none;
  const { type, attributes: names } = settings;
  const question = {
    type,
    bases: settings.baseDns,
    filter: allOf(
      settings.personFilter,
      isUserName ? equals(names.userName, text) : namesBegin(text, settings),
    ),
    attributes: [...personAttributes(settings), ...lockAttributes[type]],
    maxEntries: lookedAt,
    mayCut: true,
  };
  const { entries, isCut } = await searchSome(connection, question, limits);
  const { nowMs } = connection;
  const persons = entries.flatMap((entry) => readPerson(entry, settings, nowMs) ?? []);
  const byId = new Map(persons.map((person) => [person.id, person]));
  const ids = new Map<FoundPerson, string>();
  for (const [id, person] of byId) ids.set(foundPersonOf(person, settings), id);
  const { people, next } = pageOf([...ids.keys()], search);
  const given = await numbers.given(people.map((person) => ids.get(person) ?? ''));
  const numbered = people.map((person) => {
    const dbid = given.get(ids.get(person) ?? '');
    return dbid === undefined ? person : { dbid, ...person };
  });
  return { ...none, people: numbered, isCut, ...(next === undefined ? {} : { next }) };
}

function namesBegin(text: string, { attributes }: FindSettings): Filter {
  const { userName, firstName, lastName, email } = attributes;
  const mapped = [userName, email, lastName, firstName].filter((name) => name !== '');
  const filters = mapped.map((name) => beginsWith(name, text));
  if (firstName !== '' && lastName !== '')
    for (const [first, last] of splits(text))
      filters.push(allOf(equals(firstName, first), beginsWith(lastName, last)));
  return anyOf(filters);
}

/** Every way to read a text as a first name and the beginning of a last name. */
function splits(text: string): [first: string, last: string][] {
  const found: [string, string][] = [];
  for (let at = text.indexOf(' '); at !== -1 && found.length < maxSpaces; at = text.indexOf(' ', at + 1)) {
    const first = text.slice(0, at).trim();
    if (first !== '') found.push([first, text.slice(at + 1).trim()]);
  }
  return found;
}

function foundPersonOf(
  { dn, userName, state, entry }: DirectoryPerson,
  { attributes }: FindSettings,
): FoundPerson {
  const names = {
    firstName: textOf(entry, attributes.firstName),
    lastName: textOf(entry, attributes.lastName),
    email: textOf(entry, attributes.email),
  };
  const given = Object.entries(names).filter(([, value]) => value !== undefined);
  const entered = state.isLocked ? 'locked' : 'active';
  return {
    ...{ userName, dn, ...Object.fromEntries(given) },
    state: mayEnter(state) ? entered : 'disabled',
    ...(state.mustChangePassword ? { mustChangePassword: true } : {}),
  };
}
