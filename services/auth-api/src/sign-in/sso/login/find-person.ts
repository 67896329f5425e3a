/** Finds the person at the directory whom the identity provider named. */
import type { UserService } from '../../../people/accounts/service.ts';
import type { UserIdentity } from '../../../people/identity/identity.ts';
import { type AssertedPerson, nameOf, requireGroup } from '../asserted-person.ts';
import { SsoError, type SsoReason } from '../failure.ts';
import type { SignOnSettings } from '../settings.ts';

const refusals = {
  unknown: 'person_unknown',
  disabled: 'person_disabled',
  ambiguous: 'person_ambiguous',
  not_a_member: 'person_not_in_access_group',
} as const satisfies Record<string, SsoReason>;

/** @throws SsoError, SignInError */
export async function findPerson(
  users: Pick<UserService, 'identify'>,
  settings: SignOnSettings,
  person: AssertedPerson,
): Promise<UserIdentity> {
  const { contactCenterId, userLookup: lookup, accessGroups } = settings;
  const name = nameOf(person, settings);
  requireGroup(person, settings);
  const found = await users.identify({ contactCenterId, lookup, name, accessGroups });
  if (found.outcome === 'found') return found.identity;
  throw new SsoError(
    refusals[found.outcome],
    `${person.nameSource} is ${JSON.stringify(name)}, looked up as ${lookup}`,
    undefined,
    found.userName ?? (lookup === 'userName' ? name : undefined),
  );
}
