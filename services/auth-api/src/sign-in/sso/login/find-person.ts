/** Finds the person at the directory whom the identity provider named, or has them created at their first sign-in. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { isOfReadOnlyRegion, UpstreamError } from '@gatehouse/api-client/http';
import {
  type FollowedChanges,
  groupMapping,
  linkIssuerOf,
  type ProvidedPerson,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { UserService } from '../../../people/accounts/service.ts';
import { SignInError } from '../../../people/directories/sign-in-error.ts';
import type { UserIdentity } from '../../../people/identity/identity.ts';
import { type AssertedPerson, nameOf, requireGroup, stableSubjectOf } from '../asserted-person.ts';
import { SsoError, type SsoReason } from '../failure.ts';
import type { SignOnSettings } from '../settings.ts';

export interface People {
  users: Pick<UserService, 'identify'>;
  environmentApi: Pick<EnvironmentApiClient, 'signOnPerson'>;
}

const refusals = {
  unknown: 'person_unknown',
  disabled: 'person_disabled',
  ambiguous: 'person_ambiguous',
  not_a_member: 'person_not_in_access_group',
} as const satisfies Record<string, SsoReason>;

const notCreated = {
  deleted: 'person_deleted',
  taken: 'person_name_taken',
  limit: 'too_many_new_people',
} as const satisfies Record<string, SsoReason>;

interface Found {
  identity: UserIdentity;
  isCreated: boolean;
  /** The fields and groups that became as the identity provider says, or would in a test. */
  changes?: FollowedChanges;
}

/** @throws SsoError, SignInError */
export async function findPerson(
  people: People,
  settings: SignOnSettings,
  person: AssertedPerson,
): Promise<Found> {
  const { identity, provided } = await find(people, settings, person, { isTrial: false });
  if (identity === undefined) throw new SsoError('person_unknown', `${person.nameSource} leads to nobody`);
  return {
    identity,
    isCreated: provided?.outcome === 'created',
    ...definedOnly({ changes: provided?.changes }),
  };
}

/** For a test: nothing is written. Without an identity where a sign-in would create the person. @throws SsoError, SignInError */
export async function wouldFind(
  people: People,
  settings: SignOnSettings,
  person: AssertedPerson,
): Promise<Partial<Omit<Found, 'isCreated'>>> {
  const { identity, provided } = await find(people, settings, person, { isTrial: true });
  return definedOnly({ identity, changes: provided?.changes });
}

async function find(
  people: People,
  settings: SignOnSettings,
  person: AssertedPerson,
  { isTrial }: { isTrial: boolean },
): Promise<{ identity?: UserIdentity; provided?: ProvidedPerson }> {
  const name = nameOf(person, settings);
  requireGroup(person, settings);
  if (!settings.createPeople)
    return { identity: await identify(people, settings, person, { lookup: settings.userLookup, name }) };
  const provided = await bySubject(people, settings, person, { userName: name, isTrial });
  const { outcome, userName = '', dbid } = provided;
  if (outcome === 'new') return { provided };
  if (outcome !== 'known' && outcome !== 'created')
    throw new SsoError(
      notCreated[outcome],
      `${person.nameSource} is ${JSON.stringify(name)}, and the subject is ${JSON.stringify(stableSubjectOf(person))}`,
      undefined,
      name,
    );
  const identity = await identify(people, settings, person, { lookup: 'userName', name: userName });
  // Another person may have got the name a moment ago.
  if (identity.dbid !== dbid) throw new SsoError('person_unknown', `${userName} is another person by now`);
  return { identity, provided };
}

async function identify(
  { users }: People,
  { contactCenterId, accessGroups }: SignOnSettings,
  { nameSource }: AssertedPerson,
  { lookup, name }: { lookup: SignOnSettings['userLookup']; name: string },
): Promise<UserIdentity> {
  const found = await users.identify({ contactCenterId, lookup, name, accessGroups });
  if (found.outcome === 'found') return found.identity;
  throw new SsoError(
    refusals[found.outcome],
    `${nameSource} is ${JSON.stringify(name)}, looked up as ${lookup}`,
    undefined,
    found.userName ?? (lookup === 'userName' ? name : undefined),
  );
}

async function bySubject(
  { environmentApi }: People,
  { protocol, contactCenterId, updatePeople: isFollowed = false, peopleGroups = [] }: SignOnSettings,
  person: AssertedPerson,
  named: { userName: string; isTrial: boolean },
): Promise<ProvidedPerson> {
  const { firstName, lastName, email } = person;
  const given = {
    issuer: linkIssuerOf(protocol, person.issuer),
    subject: stableSubjectOf(person),
    ...named,
    ...definedOnly({ firstName, lastName, email }),
    groups: groupsGiven(peopleGroups, person),
    isFollowed,
  };
  try {
    return await environmentApi.signOnPerson(contactCenterId, given);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.status === 409)
      throw new SsoError('settings_incomplete', 'createPeople counts only with people in the people store');
    if (error.status === 400)
      throw new SsoError('name_missing', 'the people store takes no person of these names', error);
    const detail = isOfReadOnlyRegion(error)
      ? 'this region is read-only, and the person is created or loses a group: they sign in once in the writable region'
      : 'Environment API does not answer';
    throw new SignInError('try_again', { detail, cause: error });
  }
}

/** Groups of the people store. Those that the settings do not name give nothing, whatever the identity provider sends. */
function groupsGiven(mapping: readonly string[], { groups }: AssertedPerson): string[] {
  const mapped = mapping.map(groupMapping).filter(({ there }) => groups.includes(there));
  return [...new Set(mapped.map(({ group }) => group))];
}
