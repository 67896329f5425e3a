/** Finds the person whom an administrator names: by `sub`, or by contact centre and user name. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import { loginNameOf } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { Everywhere, PersonKey } from '../../records/revocation/revocation.ts';
import { type AccountsOptions, createAccounts, isSub, unknownSub, type Within } from './accounts.ts';

export interface PeopleOptions extends AccountsOptions {
  sessions: Pick<SessionService, 'list'>;
  seen: Pick<SeenPeople, 'subOf' | 'namesOf' | 'known'>;
}

export interface Person {
  sub: string;
  /** Absent for a person who was named by `sub`. */
  userName?: string;
  contactCenterId?: string;
}

export type HelpDeskPeople = ReturnType<typeof createPeople>;

export function createPeople(options: PeopleOptions) {
  const { sessions, seen } = options;
  const accounts = createAccounts(options);

  /** Whether this contact centre knows somebody by the `sub`; another one may. */
  const isKnown = async (person: PersonKey): Promise<boolean> =>
    (await sessions.list(person)).length > 0 || (await seen.known([person])).has(person.sub);

  /** @throws AppError 404 for somebody of whom the contact centre that it is confined to knows nothing */
  const personOfSub = async (sub: string, within: Within): Promise<Person> => {
    if (within === undefined) return { sub };
    const person = { contactCenterId: within, sub };
    return (await isKnown(person)) ? person : unknownSub();
  };

  /** @throws AppError 400, 404, 503 */
  const find = async (named: PersonName, within: Within): Promise<Person> => {
    if (isSub(named)) return personOfSub(named.user.toLowerCase(), within);
    const { userName, contactCenter: place } = await accounts.named(named, within);
    const { sub } = await accounts.personOf({ userName, contactCenter: place });
    return { sub, userName, contactCenterId: place.id };
  };

  const listedByName = async (named: PersonName, within: Within) => {
    const found = await accounts.named(named, within);
    const { sub } = await accounts.personOf(found);
    const { contactCenter: place, userName } = found;
    return { sub, name: loginNameOf(userName, place.domains[0]), contactCenterId: place.id };
  };

  return {
    contactCenter: accounts.contactCenter,
    account: accounts.of,
    foundAccount: accounts.found,
    find,
    /** In one contact centre: of a `sub`, that of the last login. @throws AppError 400, 404, 503 */
    async inPlace(named: PersonName, within: Within) {
      const account = await accounts.of(named, within);
      const { userName, contactCenter: place } = account;
      // The name may be somebody else's by now: the `sub` never is.
      const person = isSub(named)
        ? { sub: named.user.toLowerCase(), userName }
        : await accounts.personOf(account);
      return { ...person, contactCenterId: place.id };
    },
    /**
     * For the lists of administrators, which name place and person: a `sub` means nothing without its contact centre. With a
     * name to show: `domain\\user`, or the `sub` of somebody who was never seen there. @throws AppError 400, 404, 503
     */
    async listed({ user, contactCenter: given }: PersonName, within: Within) {
      if (!z.guid().safeParse(user).success) return listedByName({ user, contactCenter: given }, within);
      const named = given ?? within;
      if (named === undefined)
        throw badRequest('A sub needs the contact centre of the person', { field: 'contactCenter' });
      const place = await accounts.contactCenter(named, within);
      const sub = user.toLowerCase();
      const last = (await seen.namesOf([sub], place.id))[0];
      const name = last === undefined ? sub : loginNameOf(last.userName, place.domains[0]);
      return { sub, name, contactCenterId: place.id };
    },
  };
}

/** The owner of sessions and tokens. Only an administrator of the installation names somebody without a contact centre. */
export function ownerOf({ sub, contactCenterId }: Person): PersonKey | Everywhere {
  return contactCenterId === undefined ? { everywhere: sub } : { contactCenterId, sub };
}
