/** Finds people of the people stores of all contact centres, for administrators of the installation. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { maxPeopleInPage, type PeopleEverywhere } from '@gatehouse/contracts/auth-administration';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { compareUserNames } from '@gatehouse/people-directory';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { Actor } from '../../core/administration/actor.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { serverTimeoutMs } from './accounts.ts';
import { helpDeskEventOf } from './events.ts';
import { createListedStates, type ListedStatesOptions } from './listed-states.ts';
import { viewOf } from './listing.ts';

export interface PeopleEverywhereOptions extends ListedStatesOptions {
  environmentApi: Pick<EnvironmentApiClient, 'environmentsOfPeople'>;
  contactCenters: Pick<ContactCenterService, 'ofEnvironment' | 'find'>;
  users: Pick<UserService, 'listing' | 'delays' | 'isMember'>;
  audit: Pick<AuditWriter, 'write'>;
}

/** Each is asked for its people, all at once. */
const maxPlaces = 20;

/** @throws AppError 503 */
export function createPeopleEverywhere(options: PeopleEverywhereOptions) {
  const { environmentApi, contactCenters, users, audit } = options;
  const stateOf = createListedStates(options);

  /** The contact centres of the environments that have somebody of the name. */
  const placesOf = async (text: string, signal: AbortSignal) => {
    const { environmentIds, isCut } = await environmentApi.environmentsOfPeople(text, maxPlaces, signal);
    const ids = (await Promise.all(environmentIds.map(contactCenters.ofEnvironment))).flat();
    const found = await Promise.all(ids.slice(0, maxPlaces).map(({ id }) => contactCenters.find(id)));
    return {
      places: found.filter((place) => place !== undefined),
      isCut: isCut || ids.length > maxPlaces,
    };
  };

  const peopleOf = async (place: ContactCenterView, text: string, signal: AbortSignal) => {
    const { people, next } = await users.listing.search(place, { text, limit: maxPeopleInPage }, { signal });
    return { isCut: next !== undefined, people: people.map((person) => ({ place, person })) };
  };

  const search = async (text: string) => {
    const signal = AbortSignal.timeout(serverTimeoutMs);
    try {
      const { places, isCut } = await placesOf(text, signal);
      const pages = await Promise.all(places.map((place) => peopleOf(place, text, signal)));
      const people = pages.flatMap((page) => page.people);
      people.sort((one, other) => compareUserNames(one.person.userName, other.person.userName));
      return { people, isCut: isCut || pages.some((page) => page.isCut) };
    } catch (cause) {
      throw unavailable('Environment API', { cause });
    }
  };

  /** `text`: of at least three characters. */
  return async (text: string, actor: Actor): Promise<PeopleEverywhere> => {
    await audit.write(helpDeskEventOf('access_inspected', actor, { fields: { purpose: 'people' } }));
    const { people, isCut } = await search(text);
    const shown = people.slice(0, maxPeopleInPage).map(async ({ place, person }) => ({
      ...viewOf(person, await stateOf(place, person)),
      contactCenterId: place.id,
      contactCenterName: place.name,
    }));
    return { people: await Promise.all(shown), isCut: isCut || people.length > maxPeopleInPage };
  };
}
