/** Finds the person whom an administrator names: by `sub`, or by contact centre and user name. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { badRequest, notFound, unavailable } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { LoginNames } from '../../people/accounts/login-name.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { Everywhere, PersonKey } from '../../records/revocation/revocation.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';

export interface PeopleOptions {
  contactCenters: Pick<ContactCenterService, 'find'>;
  loginNames: LoginNames;
  users: Pick<UserService, 'find'>;
  sessions: Pick<SessionService, 'list'>;
  seen: Pick<SeenPeople, 'subOf' | 'nameOf' | 'known'>;
}

export interface Person {
  sub: string;
  /** Absent for a person who was named by `sub`. */
  userName?: string;
  contactCenterId?: string;
}

/** An account, whether anybody has it or not. */
export interface HelpDeskAccount {
  userName: string;
  contactCenter: ContactCenterView;
}

/** The contact centre that the administrator is confined to; undefined: none. People outside it are answered as unknown. */
export type Within = string | undefined;

export type HelpDeskPeople = ReturnType<typeof createPeople>;

/** The caller waits for the answer. */
export const serverTimeoutMs = 3_000;

export function createPeople(options: PeopleOptions) {
  const { contactCenters, loginNames, users, sessions, seen } = options;

  const findPlace = async (name: string | undefined, within: Within) => {
    const found = await contactCenters.find(name ?? within);
    return within === undefined || found?.id === within ? found : undefined;
  };

  /** @throws AppError 404, 503 */
  const contactCenter = async (name: string, within: Within): Promise<ContactCenterView> =>
    (await findPlace(name, within)) ?? unknownPlace(name);

  /** @throws AppError 400, 404, 503 */
  const account = async (
    { user, contactCenter: given }: PersonName,
    within: Within,
  ): Promise<HelpDeskAccount> => {
    if (given !== undefined && user.includes('\\'))
      throw badRequest('The user name names a contact centre already: keep one of the two', {
        field: 'contactCenter',
      });
    const { userName, tenant } = loginNames.read({ userName: user, tenant: given });
    if (userName === '') throw badRequest('user must be a sub or a user name', { field: 'user' });
    const found = await findPlace(tenant, within);
    if (found !== undefined) return { userName, contactCenter: found };
    if (tenant !== undefined) return unknownPlace(tenant);
    throw badRequest(
      'A user name needs contactCenter: only within a contact centre is it the name of one person',
      {
        field: 'contactCenter',
      },
    );
  };

  const askDirectory = (place: ContactCenterView, userName: string) =>
    users.find(place, userName, { signal: AbortSignal.timeout(serverTimeoutMs) });

  /** Also of a person who was deleted at the Configuration Server, and while it is away. @throws AppError 404, 503 */
  const subOf = async ({ userName, contactCenter: place }: HelpDeskAccount): Promise<string> => {
    const asked = await askDirectory(place, userName)
      .then((found) => ({ sub: found?.sub, failure: undefined }))
      .catch((failure: unknown) => ({ sub: undefined, failure }));
    const sub = asked.sub ?? (await seen.subOf(place.id, userName));
    if (sub !== undefined) return sub;
    if (asked.failure !== undefined)
      throw unavailable('the Configuration Server of the contact centre', { cause: asked.failure });
    return unknownName({ userName, contactCenter: place });
  };

  /** @throws AppError 404, 503 */
  const accountOfSub = async (sub: string, within: Within): Promise<HelpDeskAccount> => {
    const last = await seen.nameOf(sub, within);
    if (last === undefined) return unknownSub();
    return { userName: last.userName, contactCenter: await contactCenter(last.contactCenterId, within) };
  };

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
    const { userName, contactCenter: place } = await account(named, within);
    const sub = await subOf({ userName, contactCenter: place });
    return { sub, userName, contactCenterId: place.id };
  };

  const listedByName = async (named: PersonName) => {
    const found = await account(named, undefined);
    const sub = await subOf(found);
    const { contactCenter: place, userName } = found;
    return { sub, name: shownName(place, userName), contactCenterId: place.id };
  };

  const accountOf = (named: PersonName, within: Within) =>
    isSub(named) ? accountOfSub(named.user.toLowerCase(), within) : account(named, within);

  return {
    contactCenter,
    /** By `sub`: the account of the last login. @throws AppError 400, 404, 503 */
    account: accountOf,
    /**
     * As account, of a person whom the directory knows in this contact centre, by the directory's own name. Contact centres may share the accounts of a
     * server: no one of them acts on the accounts of another one's people. @throws AppError 400, 404, 503
     */
    async foundAccount(named: PersonName, within: Within): Promise<HelpDeskAccount> {
      const wanted = await accountOf(named, within);
      const found = await askDirectory(wanted.contactCenter, wanted.userName).catch((cause) => {
        throw unavailable('the Configuration Server of the contact centre', { cause });
      });
      return found === undefined ? unknownName(wanted) : { ...wanted, userName: found.userName };
    },
    find,
    /**
     * For the list of administrators, which names place and person: a `sub` means nothing without its contact centre. With a
     * name to show: `domain\\user`, or the `sub` of somebody who was never seen there. @throws AppError 400, 404, 503
     */
    async listed({ user, contactCenter: given }: PersonName) {
      if (!z.guid().safeParse(user).success) return listedByName({ user, contactCenter: given });
      if (given === undefined)
        throw badRequest('A sub needs the contact centre of the person', { field: 'contactCenter' });
      const place = await contactCenter(given, undefined);
      const sub = user.toLowerCase();
      const last = await seen.nameOf(sub, place.id);
      const name = last === undefined ? sub : shownName(place, last.userName);
      return { sub, name, contactCenterId: place.id };
    },
  };
}

function shownName({ domains: [domain] }: ContactCenterView, userName: string): string {
  return domain === undefined ? userName : `${domain}\\${userName}`;
}

/** The owner of sessions and tokens. Only an administrator of the installation names somebody without a contact centre. */
export function ownerOf({ sub, contactCenterId }: Person): PersonKey | Everywhere {
  return contactCenterId === undefined ? { everywhere: sub } : { contactCenterId, sub };
}

/** Within a contact centre it is the name of an account, whatever it looks like. */
export function isSub({ user, contactCenter }: PersonName): boolean {
  return contactCenter === undefined && z.guid().safeParse(user).success;
}

function unknownPlace(name: string): never {
  throw notFound(`There is no contact centre with the id or domain ${JSON.stringify(name)}`, {
    field: 'contactCenter',
  });
}

export function unknownName({ userName, contactCenter }: HelpDeskAccount): never {
  throw notFound(`Nobody in the contact centre ${contactCenter.name} is called ${JSON.stringify(userName)}`, {
    field: 'user',
  });
}

function unknownSub(): never {
  throw notFound('Nobody with this sub has signed in, as far as the audit trail goes back', {
    field: 'user',
  });
}
