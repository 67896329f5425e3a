/** Finds the person at the directory whom the identity provider named, or has them created at their first sign-in. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { ProvidedPerson } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { UserService } from '../../../people/accounts/service.ts';
import { SignInError } from '../../../people/directories/sign-in-error.ts';
import type { UserIdentity } from '../../../people/identity/identity.ts';
import { type AssertedPerson, nameOf, requireGroup } from '../asserted-person.ts';
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

/** @throws SsoError, SignInError */
export async function findPerson(
  people: People,
  settings: SignOnSettings,
  person: AssertedPerson,
): Promise<{ identity: UserIdentity; isCreated: boolean }> {
  const { identity, outcome } = await find(people, settings, person, { isTrial: false });
  if (identity !== undefined) return { identity, isCreated: outcome === 'created' };
  throw new SsoError('person_unknown', `${person.nameSource} leads to nobody`);
}

/** For a test: nobody is created. Undefined where a sign-in would create the person. @throws SsoError, SignInError */
export async function wouldFind(
  people: People,
  settings: SignOnSettings,
  person: AssertedPerson,
): Promise<UserIdentity | undefined> {
  return (await find(people, settings, person, { isTrial: true })).identity;
}

async function find(
  people: People,
  settings: SignOnSettings,
  person: AssertedPerson,
  { isTrial }: { isTrial: boolean },
): Promise<{ identity?: UserIdentity; outcome?: ProvidedPerson['outcome'] }> {
  const name = nameOf(person, settings);
  requireGroup(person, settings);
  if (settings.protocol === 'saml' || !settings.createPeople)
    return { identity: await identify(people, settings, person, { lookup: settings.userLookup, name }) };
  const { outcome, userName, dbid } = await bySubject(people, settings, person, { userName: name, isTrial });
  if (outcome === 'new') return { outcome };
  if (outcome !== 'known' && outcome !== 'created')
    throw new SsoError(
      notCreated[outcome],
      `${person.nameSource} is ${JSON.stringify(name)}, and the subject is ${JSON.stringify(person.provider.subject)}`,
      undefined,
      name,
    );
  const identity = await identify(people, settings, person, { lookup: 'userName', name: userName ?? '' });
  // Another person may have got the name a moment ago.
  if (identity.dbid !== dbid) throw new SsoError('person_unknown', `${userName} is another person by now`);
  return { identity, outcome };
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

/** An address goes with a new person only where the identity provider has verified it. */
async function bySubject(
  { environmentApi }: People,
  { contactCenterId }: SignOnSettings,
  { issuer, provider, firstName, lastName, verifiedEmail: email }: AssertedPerson,
  named: { userName: string; isTrial: boolean },
): Promise<ProvidedPerson> {
  const { subject } = provider;
  const given = { issuer, subject, ...named, ...definedOnly({ firstName, lastName, email }) };
  try {
    return await environmentApi.signOnPerson(contactCenterId, given);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.status === 409)
      throw new SsoError('settings_incomplete', 'createPeople counts only with people in the people store');
    if (error.status === 400)
      throw new SsoError('name_missing', 'the people store takes no person of these names', error);
    throw new SignInError('try_again', { detail: 'Environment API does not answer', cause: error });
  }
}
