/** Finds people of a contact centre by the beginning of a name, wherever its people are. */

import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import type { CallOptions, FoundPerson, PersonPage, PersonSearch } from '@gatehouse/people-directory';
import { subjectOf } from '../../registry/contact-centers/subjects.ts';
import type { EnvironmentLinks } from '../directories/environment-links.ts';
import { canonicalUserName } from './login-name.ts';

/** `sub`: absent for a person of a directory who has never signed in. */
export type ListedPerson = FoundPerson & { sub?: string };

export interface ListedPage extends Omit<PersonPage, 'people'> {
  people: ListedPerson[];
}

/** Both throw ConfigServerError and SignInError while nobody can be asked. */
export function createPeopleSearch(links: Pick<EnvironmentLinks, 'open'>) {
  const search = async (
    contactCenter: ContactCenterView,
    asked: Omit<PersonSearch, 'tenantDbid'>,
    options: CallOptions,
  ): Promise<ListedPage> => {
    const link = await links.open(contactCenter, options.signal);
    const page = await link.searchPersons(asked, options);
    const people = page.people.map((person) => {
      if (person.dbid === undefined) return person;
      return { ...person, sub: subjectOf(link.place, person.dbid) };
    });
    return { ...page, people };
  };

  return {
    /** One page. */
    search,
    /** The person of that user name, also a disabled one. */
    async findListed(
      contactCenter: ContactCenterView,
      userName: string,
      options: CallOptions,
    ): Promise<ListedPerson | undefined> {
      const { people } = await search(contactCenter, { text: userName, isUserName: true, limit: 2 }, options);
      const wanted = canonicalUserName(userName);
      return people.find((person) => canonicalUserName(person.userName) === wanted);
    },
  };
}
