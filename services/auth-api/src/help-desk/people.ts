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
  seen: Pick<SeenPeople, 'subOf' | 'nameOf'>;
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

export type People = ReturnType<typeof createPeople>;

/** Whoever asks waits for the answer. */
export const serverTimeoutMs = 3_000;

export function createPeople({ contactCenters, loginNames, users, seen }: PeopleOptions) {
  /** @throws AppError 404, 503 */
  const contactCenter = async (name: string): Promise<ContactCenterView> =>
    (await contactCenters.find(name)) ?? unknownPlace(name);

  /** @throws AppError 400, 404, 503 */
  const account = async ({ user, contactCenter: given }: PersonName): Promise<Account> => {
    if (given !== undefined && user.includes('\\'))
      throw badRequest('The user name names a contact centre already: keep one of the two', {
        field: 'contactCenter',
      });
    const { userName, tenant } = loginNames.read({ userName: user, tenant: given });
    if (userName === '') throw badRequest('user must be a sub or a user name', { field: 'user' });
    const found = await contactCenters.find(tenant);
    if (found !== undefined) return { userName, contactCenter: found };
    if (tenant !== undefined) return unknownPlace(tenant);
    throw badRequest(
      'A user name needs contactCenter: only within a contact centre is it the name of one person',
      {
        field: 'contactCenter',
      },
    );
  };

  /** Also of a person who was deleted at the Configuration Server, and while it is away. @throws AppError 404, 503 */
  const subOf = async ({ userName, contactCenter: place }: Account): Promise<string> => {
    const asked = await users
      .find(place, userName, { signal: AbortSignal.timeout(serverTimeoutMs) })
      .then((found) => ({ sub: found?.sub, failure: undefined }))
      .catch((failure: unknown) => ({ sub: undefined, failure }));
    const sub = asked.sub ?? (await seen.subOf(place.id, userName));
    if (sub !== undefined) return sub;
    if (asked.failure !== undefined)
      throw unavailable('the Configuration Server of the contact centre', { cause: asked.failure });
    throw notFound(`Nobody in the contact centre ${place.name} is called ${JSON.stringify(userName)}`, {
      field: 'user',
    });
  };

  /** @throws AppError 404, 503 */
  const accountOfSub = async (sub: string): Promise<Account> => {
    const last = await seen.nameOf(sub);
    if (last === undefined)
      throw notFound('Nobody with this sub has signed in, as far as the audit trail goes back', {
        field: 'user',
      });
    return { userName: last.userName, contactCenter: await contactCenter(last.contactCenterId) };
  };

  return {
    contactCenter,
    /** By `sub`: the account of the last login. @throws AppError 400, 404, 503 */
    account: (named: PersonName) => (isSub(named) ? accountOfSub(named.user.toLowerCase()) : account(named)),
    /** @throws AppError 400, 404, 503 */
    async find(named: PersonName): Promise<Person> {
      if (isSub(named)) return { sub: named.user.toLowerCase() };
      const { userName, contactCenter: place } = await account(named);
      const sub = await subOf({ userName, contactCenter: place });
      return { sub, userName, contactCenterId: place.id };
    },
  };
}

/** Within a contact centre it is the name of an account, whatever it looks like. */
function isSub({ user, contactCenter }: PersonName): boolean {
  return contactCenter === undefined && z.guid().safeParse(user).success;
}

function unknownPlace(name: string): never {
  throw notFound(`There is no contact centre with the id or domain ${JSON.stringify(name)}`, {
    field: 'contactCenter',
  });
}
