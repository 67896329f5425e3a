/** Finds the person whom an administrator names: by `sub`, or by contact centre and user name. */
import type { PersonName } from '@gatehouse/contracts/auth-api/administration/help-desk';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import { badRequest, notFound, unavailable } from '@gatehouse/service-kit/errors/app-error';
import { z } from 'zod';
import type { SeenPeople } from '../audit/seen-people.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { LoginNames } from '../users/login-name.ts';
import type { UserService } from '../users/service.ts';

export interface PeopleOptions {
  contactCenters: Pick<ContactCenterService, 'find'>;
  loginNames: LoginNames;
  users: Pick<UserService, 'find'>;
  seen: Pick<SeenPeople, 'subOf' | 'nameOf' | 'contactCentersOf'>;
  /** Resolves when the events so far are stored. */
  drained(): Promise<void>;
}

export interface Person {
  sub: string;
  /** Absent for a person who was named by `sub`. */
  userName?: string;
  contactCenterId?: string;
}

/** An account, whether anybody has it or not. */
export interface Account {
  userName: string;
  contactCenter: ContactCenterView;
}

/** The contact centre that the administrator is confined to; undefined: none. Whatever is outside it is answered as unknown. */
export type Within = string | undefined;

export type People = ReturnType<typeof createPeople>;

/** Whoever asks waits for the answer. */
export const serverTimeoutMs = 3_000;

export function createPeople({ contactCenters, loginNames, users, seen, drained }: PeopleOptions) {
  const findPlace = async (name: string | undefined, within: Within) => {
    const found = await contactCenters.find(name ?? within);
    return within === undefined || found?.id === within ? found : undefined;
  };

  /** @throws AppError 404, 503 */
  const contactCenter = async (name: string, within: Within): Promise<ContactCenterView> =>
    (await findPlace(name, within)) ?? unknownPlace(name);

  /** @throws AppError 400, 404, 503 */
  const account = async ({ user, contactCenter: given }: PersonName, within: Within): Promise<Account> => {
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

  /** What ends for a person ends in every contact centre that the person uses: somebody who uses another one is beyond it. */
  const isWithin = async (sub: string, within: Within): Promise<boolean> => {
    if (within === undefined) return true;
    // A login of a moment ago may still wait in Redis.
    await drained();
    return (await seen.contactCentersOf(sub)).every((id) => id === within);
  };

  /** Also of a person who was deleted at the Configuration Server, and while it is away. @throws AppError 404, 503 */
  const subOf = async ({ userName, contactCenter: place }: Account, within: Within): Promise<string> => {
    const asked = await users
      .find(place, userName, { signal: AbortSignal.timeout(serverTimeoutMs) })
      .then((found) => ({ sub: found?.sub, failure: undefined }))
      .catch((failure: unknown) => ({ sub: undefined, failure }));
    const sub = asked.sub ?? (await seen.subOf(place.id, userName));
    if (sub !== undefined && (await isWithin(sub, within))) return sub;
    if (asked.failure !== undefined)
      throw unavailable('the Configuration Server of the contact centre', { cause: asked.failure });
    throw notFound(`Nobody in the contact centre ${place.name} is called ${JSON.stringify(userName)}`, {
      field: 'user',
    });
  };

  /** @throws AppError 404, 503 */
  const accountOfSub = async (sub: string, within: Within): Promise<Account> => {
    const last = await seen.nameOf(sub);
    if (last === undefined || !(await isWithin(sub, within))) return unknownSub();
    return { userName: last.userName, contactCenter: await contactCenter(last.contactCenterId, within) };
  };

  /** @throws AppError 404 for somebody who was never seen in the contact centre that it is confined to */
  const personOfSub = async (sub: string, within: Within): Promise<Person> => {
    if (within === undefined) return { sub };
    const isTheirs = (await isWithin(sub, within)) && (await seen.nameOf(sub)) !== undefined;
    return isTheirs ? { sub, contactCenterId: within } : unknownSub();
  };

  /** @throws AppError 400, 404, 503 */
  const find = async (named: PersonName, within: Within): Promise<Person> => {
    if (isSub(named)) return personOfSub(named.user.toLowerCase(), within);
    const { userName, contactCenter: place } = await account(named, within);
    const sub = await subOf({ userName, contactCenter: place }, within);
    return { sub, userName, contactCenterId: place.id };
  };

  const listedByName = async (named: PersonName) => {
    const found = await account(named, undefined);
    const sub = await subOf(found, undefined);
    const { contactCenter: place, userName } = found;
    return { sub, name: shownName(place, userName), contactCenterId: place.id };
  };

  return {
    contactCenter,
    isWithin,
    /** By `sub`: the account of the last login. @throws AppError 400, 404, 503 */
    account: (named: PersonName, within: Within) =>
      isSub(named) ? accountOfSub(named.user.toLowerCase(), within) : account(named, within),
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
      const last = await seen.nameOf(sub);
      const name = last?.contactCenterId === place.id ? shownName(place, last.userName) : sub;
      return { sub, name, contactCenterId: place.id };
    },
  };
}

function shownName({ domains: [domain] }: ContactCenterView, userName: string): string {
  return domain === undefined ? userName : `${domain}\\${userName}`;
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

function unknownSub(): never {
  throw notFound('Nobody with this sub has signed in, as far as the audit trail goes back', {
    field: 'user',
  });
}
