/** Decides whose second factors an administrator must not touch. */
import { contactCenterRightsBy } from '@gatehouse/contracts/values';
import { forbidden, notFound, unavailable } from '@gatehouse/service-kit/errors';
import type { Actor } from '../../core/administration/actor.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { KnownAdministrators } from '../../registry/administrators/known-administrators.ts';

interface FactorReachOptions {
  administrators: Pick<KnownAdministrators, 'entriesAt'>;
  users: Pick<UserService, 'identify'>;
}

export interface NamedPerson extends PersonKey {
  userName: string;
}

/** With the password of the person, an invitation is a sign-in as that person: nobody gets further rights by it. */
export function createFactorReach({ administrators, users }: FactorReachOptions) {
  /** Of groups and roles of the directory. Nobody signs in whom it has disabled. @throws AppError 404, 503 */
  const mappedRights = async ({ contactCenterId, sub, userName }: NamedPerson) => {
    const named = { contactCenterId, lookup: 'userName', name: userName, accessGroups: [] } as const;
    const found = await users.identify(named).catch((cause: unknown) => {
      throw unavailable('the directory of the contact centre', { cause });
    });
    if (found.outcome === 'disabled') return [];
    if (found.outcome !== 'found' || found.identity.sub !== sub)
      throw notFound('The directory does not know this person by the name', { field: 'user' });
    return contactCenterRightsBy(found.identity.authorities.map(({ name }) => name));
  };

  /** @throws AppError 403 with the reason, 404; 503 while nobody can say which rights the person has */
  return async function requireReach(person: NamedPerson, actor: Actor): Promise<void> {
    if (person.sub === actor.name)
      throw forbidden(
        'Your own factors are changed in the account area; another administrator resets them or invites you',
        { reason: 'own_factors' },
      );
    if (actor.within === undefined) return;
    const entries = await administrators.entriesAt(person.contactCenterId).catch((cause: unknown) => {
      throw unavailable('the lists of administrators', { cause });
    });
    const listed = entries.filter(({ sub }) => sub === person.sub).map(({ right }) => right);
    if (listed.includes('installation'))
      throw forbidden(
        'This person is an administrator of the installation: the operator or another administrator of the installation does this',
        { reason: 'place_of_administrators' },
      );
    if (!actor.isLesser) return;
    if (listed.length > 0 || (await mappedRights(person)).length > 0)
      throw forbidden(
        'This person has a right at the console: an administrator of the contact centre does this',
        { reason: 'person_with_right' },
      );
  };
}
