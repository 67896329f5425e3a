/** Answers for people of the people store what is asked of a Configuration Server. */
import type { EnvironmentApiClient, PersonQuery } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { PersonView } from '@gatehouse/contracts/environment-api';
import {
  CfgObjectState,
  ConfigServerError,
  environmentTenantDbid,
  type ListOptions,
  type PeopleDirectory,
  type PersonFilter,
} from '@gatehouse/people-directory';
import { type CredentialsOptions, createCredentials } from './credentials.ts';
import { accessGroupsOf, cfgPersonOf } from './person.ts';
import type { Persons } from './persons.ts';
import { searchPersons } from './search.ts';

export interface PeopleBackendOptions extends CredentialsOptions {
  client: Pick<EnvironmentApiClient, 'findPeople' | 'peopleNumbers' | 'searchPeople' | 'setPersonPassword'>;
}

const pageSize = 1_000;

export function createPeopleBackend(source: PeopleBackendOptions): PeopleDirectory {
  const { environmentId, client, persons } = source;
  const { verify, change } = createCredentials(source);
  const subscriptions = new Set<() => void>();
  let isClosed = false;

  /** @throws ConfigServerError and nothing else */
  async function answer<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed)
      throw new ConfigServerError('ClientClosed', 'the people of this environment are not read any more');
    try {
      return await work();
    } catch (error) {
      throw asConfigServerError(error);
    }
  }

  const unsupported = (what: string) =>
    answer<never>(async () => {
      throw new ConfigServerError('Unsupported', `the people store has no ${what}`);
    });

  return {
    authenticate: (request, options = {}) =>
      answer(async () => {
        const { person } = await verify(request.userName, request.password, options);
        if (request.tenantDbid !== undefined && request.tenantDbid !== environmentTenantDbid)
          throw new ConfigServerError('AuthenticationFailed', 'user name or password is wrong');
        return {
          userDbid: person.dbid,
          tenantDbid: environmentTenantDbid,
          userName: person.userName,
          changePasswordRequired: false,
        };
      }),
    changePassword: (request, options = {}) => answer(() => change(request, options)),
    readPersons: (filter) =>
      answer(async () => (await readPeople(persons, environmentId, filter)).map(cfgPersonOf)),
    readPersonDbids: (filter, options = {}) =>
      answer(() =>
        listNumbers(source, filter.state === CfgObjectState.disabled ? 'inactive' : 'active', options),
      ),
    searchPersons: (search, options = {}) =>
      answer(() => searchPersons(client, environmentId, search, options)),
    readAccessGroups: ({ person_dbid: dbid }) =>
      answer(async () => {
        if (dbid === undefined) throw unknownFilter();
        const person = dbid > 0 ? await persons.byNumber(environmentId, dbid) : undefined;
        return person === undefined ? [] : accessGroupsOf(person);
      }),
    readFolders: () => unsupported('folders'),
    readRoles: () => unsupported('roles'),
    readTenants: async () => [],
    neverLocks: async () => true,
    readApplications: () => unsupported('applications'),
    subscribePersons(listener) {
      const end = persons.listen(environmentId, (dbid, person) =>
        listener(
          person === undefined
            ? { kind: 'deleted', dbid, historyId: 0 }
            : {
                kind: 'updated',
                dbid,
                historyId: 0,
                // Passwords that an administrator sets end what they granted by an announcement of their own.
                delta: { set: { state: cfgPersonOf(person).state }, passwordChanged: false },
              },
        ),
      );
      subscriptions.add(end);
      return () => {
        subscriptions.delete(end);
        end();
      };
    },
    get state() {
      if (isClosed) return 'closed';
      return persons.failure() === undefined ? 'open' : 'down';
    },
    get stateReason() {
      if (isClosed) return 'closed';
      if (persons.failure() === undefined) return undefined;
      return 'Environment API does not answer: only people who were read a while ago sign in';
    },
    async close() {
      isClosed = true;
      for (const end of subscriptions) end();
      subscriptions.clear();
    },
  };
}

async function listNumbers(
  { environmentId, client }: Pick<PeopleBackendOptions, 'environmentId' | 'client'>,
  state: 'active' | 'inactive',
  { maxObjects, signal }: ListOptions,
) {
  const found: number[] = [];
  for (;;) {
    const limit = Math.min(pageSize, (maxObjects ?? Number.POSITIVE_INFINITY) - found.length);
    const page = await client.peopleNumbers(
      environmentId,
      { state, after: found.at(-1) ?? 0, limit },
      signal,
    );
    found.push(...page);
    if (page.length < limit || found.length === maxObjects) return found;
  }
}

/** One name each is asked for; other terms are compared here. */
async function readPeople(
  persons: Persons,
  environmentId: string,
  { dbid, tenant_dbid: tenantDbid, state, ...names }: PersonFilter,
): Promise<PersonView[]> {
  const found = await findPeople(persons, environmentId, dbid, names);
  const isOfTenant = tenantDbid === undefined || tenantDbid === environmentTenantDbid;
  return found.filter((person) => isOfTenant && (state === undefined || state === cfgPersonOf(person).state));
}

async function findPeople(
  persons: Persons,
  environmentId: string,
  dbid: number | undefined,
  names: PersonFilter,
): Promise<PersonView[]> {
  if (dbid !== undefined) {
    const person = dbid > 0 ? await persons.byNumber(environmentId, dbid) : undefined;
    return person === undefined ? [] : [person];
  }
  const query = queryOf(names);
  if (query === undefined) throw unknownFilter();
  return persons.byName(environmentId, query);
}

function queryOf(names: PersonFilter): Exclude<PersonQuery, { dbid: string }> | undefined {
  if (names.user_name !== undefined) return { userName: names.user_name };
  if (names.email_address !== undefined) return { email: names.email_address };
  return names.external_id === undefined ? undefined : { externalId: names.external_id };
}

function unknownFilter(): ConfigServerError {
  return new ConfigServerError('InvalidFilter', 'people of the people store are found by number or name');
}

function asConfigServerError(error: unknown): ConfigServerError {
  if (error instanceof ConfigServerError) return error;
  if (error instanceof UpstreamError)
    return new ConfigServerError('NoEndpoint', 'Environment API does not answer', { cause: error });
  return new ConfigServerError('InternalError', 'the people store cannot be used', { cause: error });
}
