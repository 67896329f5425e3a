/** Finds the account that an administrator names: by contact centre and user name, or by the `sub` of the last login. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import type { ContactCenterView, Directory } from '@gatehouse/contracts/environment-api';
import { badRequest, notFound, unavailable } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { LoginNames } from '../../people/accounts/login-name.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';

export interface AccountsOptions {
  contactCenters: Pick<ContactCenterService, 'find'>;
  loginNames: LoginNames;
  users: Pick<UserService, 'find'>;
  seen: Pick<SeenPeople, 'subOf' | 'namesOf'>;
}

/** An account, whether anybody has it or not. */
export interface HelpDeskAccount {
  userName: string;
  contactCenter: ContactCenterView;
}

/** The contact centre that the administrator is confined to; undefined: none. People outside it are answered as unknown. */
export type Within = string | undefined;

/** The caller waits for the answer. */
export const serverTimeoutMs = 3_000;

/** Where the people of a contact centre are. @throws AppError 503 */
export async function directoryOf(
  contactCenters: Pick<ContactCenterService, 'environment'>,
  { environmentId }: ContactCenterView,
): Promise<Directory> {
  const environment = await contactCenters.environment(environmentId);
  if (environment !== undefined) return environment.directory;
  throw unavailable(`the environment ${environmentId} of the contact centre, which does not exist`);
}

export function createAccounts({ contactCenters, loginNames, users, seen }: AccountsOptions) {
  const findPlace = async (name: string | undefined, within: Within) => {
    const found = await contactCenters.find(name ?? within);
    return within === undefined || found?.id === within ? found : undefined;
  };

  /** @throws AppError 404, 503 */
  const contactCenter = async (name: string, within: Within): Promise<ContactCenterView> =>
    (await findPlace(name, within)) ?? unknownPlace(name);

  /** @throws AppError 400, 404, 503 */
  const named = async (
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

  /** By the directory's own name; also a person who was deleted at the Configuration Server, and while it is away. @throws AppError 404, 503 */
  const personOf = async ({ userName, contactCenter: place }: HelpDeskAccount) => {
    const asked = await askDirectory(place, userName)
      .then((found) => ({ found, failure: undefined }))
      .catch((failure: unknown) => ({ found: undefined, failure }));
    if (asked.found !== undefined) return { sub: asked.found.sub, userName: asked.found.userName };
    const sub = await seen.subOf(place.id, userName);
    if (sub !== undefined) return { sub, userName };
    if (asked.failure !== undefined)
      throw unavailable('the Configuration Server of the contact centre', { cause: asked.failure });
    return unknownName({ userName, contactCenter: place });
  };

  /** @throws AppError 404, 503 */
  const accountOfSub = async (sub: string, within: Within): Promise<HelpDeskAccount> => {
    const last = (await seen.namesOf([sub], within))[0];
    if (last === undefined) return unknownSub();
    return { userName: last.userName, contactCenter: await contactCenter(last.contactCenterId, within) };
  };

  const accountOf = (person: PersonName, within: Within) =>
    isSub(person) ? accountOfSub(person.user.toLowerCase(), within) : named(person, within);

  return {
    contactCenter,
    /** By user name. */
    named,
    personOf,
    /** By `sub`: the account of the last login. @throws AppError 400, 404, 503 */
    of: accountOf,
    /**
     * As `of`, of a person whom the directory knows in this contact centre, by the directory's own name. Contact centres may share the accounts of a
     * server: no one of them acts on the accounts of another one's people. @throws AppError 400, 404, 503
     */
    async found(person: PersonName, within: Within): Promise<HelpDeskAccount> {
      const wanted = await accountOf(person, within);
      const found = await askDirectory(wanted.contactCenter, wanted.userName).catch((cause) => {
        throw unavailable('the Configuration Server of the contact centre', { cause });
      });
      return found === undefined ? unknownName(wanted) : { ...wanted, userName: found.userName };
    },
  };
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

export function unknownSub(): never {
  throw notFound('Nobody with this sub has signed in, as far as the audit trail goes back', {
    field: 'user',
  });
}
