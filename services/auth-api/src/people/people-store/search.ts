/** Finds people of the people store by a part of a name. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { FoundPersonView, PersonView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import {
  type CallOptions,
  environmentTenantDbid,
  type FoundPerson,
  type PersonPage,
  type PersonSearch,
} from '@gatehouse/people-directory';

/** @throws UpstreamError */
export async function searchPersons(
  client: Pick<EnvironmentApiClient, 'findPeople' | 'searchPeople'>,
  environmentId: string,
  { text, isUserName = false, tenantDbid = environmentTenantDbid, after, limit }: PersonSearch,
  { signal }: CallOptions,
): Promise<PersonPage> {
  const page = { isCut: false, isWholeNames: false };
  if (tenantDbid !== environmentTenantDbid) return { ...page, people: [] };
  if (isUserName) {
    const answer = await client.findPeople(environmentId, { userName: text }, { signal });
    const people = answer.outcome === 'found' ? answer.data.people : [];
    const withPassword = (person: PersonView) => ({
      ...person,
      hasPassword: person.passwordEnvelope !== undefined,
    });
    return { ...page, people: people.map((person) => foundOf(withPassword(person))) };
  }
  // One more than the page tells whether there is another one.
  const found = await client.searchPeople(environmentId, { text, after, limit: limit + 1 }, signal);
  const people = found.slice(0, limit).map(foundOf);
  const next = found.length > limit ? people.at(-1)?.userName : undefined;
  return { ...page, people, ...definedOnly({ next }) };
}

function foundOf(person: FoundPersonView): FoundPerson {
  const { id, dbid, userName, firstName, lastName, email, isActive, hasPassword, passwordLinkEndsAt } =
    person;
  const state = isActive ? ('active' as const) : ('disabled' as const);
  return definedOnly({
    storeId: id,
    dbid,
    userName,
    firstName,
    lastName,
    email,
    state,
    hasPassword,
    passwordLinkEndsAt,
  });
}
