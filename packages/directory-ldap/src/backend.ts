/** Implements the back end of logins over an LDAP directory. */

import { defaultStandby, type StandbyOptions } from '@gatehouse/config-server-client/client';
import type { EndpointSource } from '@gatehouse/config-server-client/discovery';
import {
  type Clock,
  type ConnectionMetrics,
  type Logger,
  silentLogger,
  systemClock,
} from '@gatehouse/config-server-client/surroundings';
import {
  type AccessGroupFilter,
  type AuthenticateRequest,
  type CallOptions,
  CfgObjectState,
  type CfgPerson,
  type ChangePasswordRequest,
  ConfigServerError,
  environmentTenantDbid,
  type ListOptions,
  namedAccessGroup,
  type PeopleDirectory,
  type PersonFilter,
  type PersonSearch,
} from '@gatehouse/people-directory';
import { LRUCache } from 'lru-cache';
import { createCallRunner } from './calls.ts';
import { type Directory, type Link, readSettings } from './directory.ts';
import { authenticate } from './passwords/authenticate.ts';
import { changePassword } from './passwords/change.ts';
import { neverLocks } from './passwords/never-locks.ts';
import { mayEnter } from './people/account-state.ts';
import { findByIds, findByUserName, findPersons, termsOf } from './people/find.ts';
import { type GroupMember, groupNamesOf, nobodyBelow } from './people/groups.ts';
import { lookAtKnown } from './people/known-people.ts';
import { cfgPersonOf, type DirectoryPerson } from './people/person.ts';
import { searchPeople } from './people/search-people.ts';
import { createPersonWatch } from './people/watch.ts';
import type { PersonNumbers } from './person-numbers.ts';
import type { DirectorySettings } from './settings.ts';
import { createStandby } from './standby.ts';

export interface DirectoryBackendOptions {
  settings: DirectorySettings;
  /** The servers. The back end closes this source with itself. */
  endpoints: EndpointSource;
  numbers: PersonNumbers;
  standby?: Partial<StandbyOptions>;
  /** After so long without a byte, while calls wait, a server counts as dead. Default 4 000. */
  silenceMs?: number;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  clock?: Clock;
  log?: Logger;
  metrics?: ConnectionMetrics;
}

/** More persons in one answer are an error: nobody asks for so many. */
const maxPersons = 10_000;
/** Of those whose state is asked for while only some are wanted. */
const sampleOfState = 200;
/** Between reading a person and reading the groups: one login, not two searches for the same entry. */
const recentMs = 10_000;
const maxRecent = 10_000;

/**
 * Connects in the background; calls wait for the first connection within the fail-fast time. @throws Error that says what
 * is wrong with a filter of the settings
 */
export function createDirectoryBackend(options: DirectoryBackendOptions): PeopleDirectory {
  const { endpoints, numbers, clock = systemClock, log = silentLogger, metrics = {} } = options;
  const settings = readSettings(options.settings);
  const silenceMs = options.silenceMs ?? 4_000;
  const directory: Directory = { settings, clock, silenceMs, verifications: { open: 0 } };
  const standby = createStandby(directory, {
    endpoints,
    standby: { ...defaultStandby, ...options.standby },
    random: options.random ?? Math.random,
    log,
    metrics,
  });
  const run = createCallRunner({ standby, clock, metrics });
  // Not `max`, which allocates every slot at once: each environment has such a memory.
  const recent = new LRUCache<number, GroupMember>({
    maxSize: maxRecent,
    sizeCalculation: () => 1,
    ttl: recentMs,
  });
  const look = () =>
    lookAtKnown(numbers, settings, (work) =>
      run('lookAtPeople', 'read', undefined, ({ main, limits }) => work(main, limits)),
    );
  const watch = createPersonWatch({ look, pollMs: settings.pollSeconds * 1_000, clock, log });

  const numbered = async (persons: readonly DirectoryPerson[]): Promise<CfgPerson[]> => {
    if (persons.length === 0) return [];
    const dbids = await numbers.of(persons.map(({ id }) => id));
    return persons.flatMap((person) => {
      const dbid = dbids.get(person.id);
      if (dbid === undefined) return [];
      // Not the entry: a server decides how much it sends.
      recent.set(dbid, { dn: person.dn, userName: person.userName });
      return cfgPersonOf(person, dbid, settings);
    });
  };

  const findByDbid = async (dbid: number, { main, limits }: Link): Promise<DirectoryPerson | undefined> => {
    const id = dbid < 1 ? undefined : await numbers.idOf(dbid);
    const [person] = id === undefined ? [] : await findByIds(main, [id], settings, limits);
    return person;
  };

  const readPersons = async (filter: PersonFilter, link: Link, maxObjects?: number): Promise<CfgPerson[]> => {
    const { dbid, user_name, state } = filter;
    const terms = termsOf(filter, settings);
    if (terms === undefined) return [];
    const { main, limits } = link;
    let found: DirectoryPerson[];
    if (dbid !== undefined) found = [await findByDbid(dbid, link)].filter((one) => one !== undefined);
    else if (user_name !== undefined && terms.length === 1)
      found = [await findByUserName(main, user_name, settings, limits)].filter((one) => one !== undefined);
    else {
      // The state is no term of the search: some more are looked at than are asked for.
      const wanted = maxObjects === undefined || state === undefined ? maxObjects : sampleOfState;
      const bound = { maxPersons: wanted ?? maxPersons, mayCut: maxObjects !== undefined };
      found = await findPersons(main, terms, settings, bound, limits);
    }
    const isOfState = (person: DirectoryPerson) =>
      state === undefined || (state === CfgObjectState.enabled) === mayEnter(person.state);
    return numbered(found.filter(isOfState).slice(0, maxObjects));
  };

  return {
    authenticate: (request: AuthenticateRequest, callOptions?: CallOptions) =>
      run('authenticate', 'authenticate', callOptions, async (link) => {
        const { person, ...outcome } = await authenticate(request, directory, link);
        const [cfgPerson] = await numbered([person]);
        if (cfgPerson === undefined) throw new ConfigServerError('InternalError', 'the person has no number');
        return {
          userDbid: cfgPerson.DBID,
          tenantDbid: environmentTenantDbid,
          userName: person.userName,
          ...outcome,
        };
      }),

    changePassword: (request: ChangePasswordRequest, callOptions?: CallOptions) =>
      run('changePassword', 'write', callOptions, async (link) => {
        const { id } = await changePassword(request, directory, link);
        // The directory's own date, so that the watch knows this change again.
        const [changed] = await findByIds(link.main, [id], settings, link.limits).catch(() => []);
        return {
          passwordUpdatingDate: changed?.state.passwordChangedAt ?? Math.floor(clock.nowMs() / 1_000),
        };
      }),

    readPersons: (filter: PersonFilter, callOptions?: CallOptions) =>
      run('readPersons', 'read', callOptions, (link) => readPersons(filter, link)),

    readPersonDbids: async (filter: PersonFilter, callOptions?: ListOptions) => {
      if (filter.state === CfgObjectState.disabled) return readDisabled();
      return run('readPersonDbids', 'read', callOptions, async (link) => {
        const persons = await readPersons(filter, link, callOptions?.maxObjects);
        return persons.map(({ DBID }) => DBID);
      });
    },

    searchPersons: (search: PersonSearch, callOptions?: CallOptions) =>
      run('searchPersons', 'read', callOptions, ({ main, limits }) =>
        searchPeople(main, search, settings, numbers, limits),
      ),

    readAccessGroups: (
      { person_dbid: dbid, user_name: name }: AccessGroupFilter,
      callOptions?: CallOptions,
    ) =>
      run('readAccessGroups', 'read', callOptions, async (link) => {
        if (dbid === undefined && name === undefined)
          throw new ConfigServerError('Unsupported', 'directories tell groups of a person only');
        const found =
          dbid === undefined
            ? await findByUserName(link.main, name ?? '', settings, link.limits)
            : (recent.get(dbid) ?? (await findByDbid(dbid, link)));
        const member = found ?? nobodyBelow(settings);
        return (await groupNamesOf(link.main, member, settings, link.limits)).map(namedAccessGroup);
      }),

    readFolders: () => unsupported('folders'),
    readRoles: () => unsupported('roles'),
    readTenants: async () => [],
    neverLocks: (callOptions?: CallOptions) =>
      run('neverLocks', 'read', callOptions, (link) => neverLocks(link)),
    readApplications: () => unsupported('applications'),
    subscribePersons: watch.subscribe,
    get state() {
      return standby.state;
    },
    get stateReason() {
      return standby.stateReason;
    },
    async close() {
      watch.close();
      await standby.close();
      await endpoints.close();
    },
  };

  /** Only people who have a number hold anything. Those who are gone from the directory count too. */
  async function readDisabled(): Promise<number[]> {
    const disabled: number[] = [];
    for await (const people of look())
      disabled.push(...people.filter(({ isEnabled }) => !isEnabled).map(({ dbid }) => dbid));
    return disabled;
  }
}

async function unsupported(what: string): Promise<never> {
  throw new ConfigServerError('Unsupported', `directories have no ${what}`);
}
