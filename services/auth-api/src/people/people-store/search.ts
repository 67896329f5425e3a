/** Finds people of the people store by a part of a name. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { FoundPersonView, PeopleSort, PersonView } from '@gatehouse/contracts/environment-api';
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
  { text, isUserName = false, tenantDbid = environmentTenantDbid, sort, after, limit }: PersonSearch,
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
  const terms = { text, limit: limit + 1, ...definedOnly({ sort: sort as PeopleSort | undefined }) };
  const found = await client.searchPeople(environmentId, { ...terms, ...placeIn(after, sort) }, signal);
  const people = found
    .slice(0, limit)
    .map((person) => ({ ...foundOf(person), place: placeOf(person, sort) }));
  const next = found.length > limit ? people.at(-1)?.place : undefined;
  return { ...page, people, ...definedOnly({ next }) };
}

/** An order that compares more than user names goes on behind both. */
const placeOf = ({ userName, sortKey }: FoundPersonView, sort: string | undefined) =>
  sort === undefined ? userName : JSON.stringify([userName, sortKey]);

function placeIn(place: string | undefined, sort: string | undefined) {
  if (place === undefined || sort === undefined) return { after: place };
  const [after, afterKey] = JSON.parse(place) as [string, string | null];
  return { after, afterKey: afterKey ?? undefined };
}

function foundOf(person: FoundPersonView): FoundPerson {
  const { id, dbid, userName, firstName, lastName, email, isActive, changedAt } = person;
  const { hasPassword, passwordLinkEndsAt, linkIssuers } = person;
  const state = isActive ? ('active' as const) : ('disabled' as const);
  return definedOnly({
    storeId: id,
    dbid,
    userName,
    firstName,
    lastName,
    email,
    state,
    changedAt,
    hasPassword,
    passwordLinkEndsAt,
    linkIssuers,
  });
}
