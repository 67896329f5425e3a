/** Judges people of a list by the steps of an explanation, as far as a list knows: nobody is asked about each of them. */
import type { SignInState } from '@gatehouse/contracts/auth-administration';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { ListedPerson } from '../../people/accounts/search.ts';
import type { UserService } from '../../people/accounts/service.ts';
import {
  accountStep,
  conclude,
  delaysStep,
  lastAttemptStep,
  passwordStep,
  placeStep,
  waysOfLinks,
  waysStep,
} from './sign-in-steps.ts';
import { createWays, type WaysOptions } from './ways.ts';

export interface ListedStatesOptions extends WaysOptions {
  users: Pick<UserService, 'isMember' | 'delays'>;
}

export function createListedStates(options: ListedStatesOptions) {
  const { delays } = options.users;
  const ways = createWays(options);

  /** Of the last attempt it knows the lock alone, of single sign-on not whether the person is in one of the groups. */
  return async (place: ContactCenterView, person: ListedPerson): Promise<SignInState> => {
    const { userName, sub = '', state, mustChangePassword = false } = person;
    const { hasPassword, passwordLinkEndsAt, linkIssuers } = person;
    const found = {
      ...{ userName, sub, mustChangePassword, isEnabled: state !== 'disabled' },
      ...definedOnly({ hasPassword, passwordLinkEndsAt, linkIssuers }),
    };
    const [waysOfAll, counted] = await Promise.all([
      ways.withoutGroups(place.id, userName),
      delays.explain(place, userName),
    ]);
    // A list does not know who is in the groups of single sign-on.
    const known = waysOfLinks({ ...waysOfAll, providerGroups: [] }, found);
    const attempts = {
      refusals: [],
      succeededAtMs: 0,
      isShownAsLocked: state === 'locked',
      addressWaitMs: 0,
    };
    const { verdict, reason } = conclude([
      placeStep(place),
      waysStep(known, place.id),
      accountStep(found, known),
      passwordStep(found, known),
      delaysStep(counted, known),
      lastAttemptStep(attempts, known),
    ]);
    return { verdict, ...definedOnly({ reason }) };
  };
}
