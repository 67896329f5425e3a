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
  type ChangePasswordRequest,
  ConfigServerError,
  environmentTenantDbid,
  type ListOptions,
  namedAccessGroup,
  type PeopleDirectory,
  type PersonFilter,
  type PersonSearch,
} from '@gatehouse/people-directory';
import { createCallRunner } from './calls.ts';
import { type Directory, readSettings } from './directory.ts';
import { authenticate } from './passwords/authenticate.ts';
import { changePassword } from './passwords/change.ts';
import { neverLocks } from './passwords/never-locks.ts';
import { findByIds, findByUserName } from './people/find.ts';
import { groupsOf, nobodyBelow } from './people/groups.ts';
import { lookAtKnown } from './people/known-people.ts';
import { searchPeople } from './people/search-people.ts';
import { createPersonWatch } from './people/watch.ts';
import { createPeopleReader } from './people-reader.ts';
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
  const people = createPeopleReader(settings, numbers);
  const look = () =>
    lookAtKnown(numbers, settings, (work) =>
      run('lookAtPeople', 'read', undefined, ({ main, limits }) => work(main, limits)),
    );
  const watch = createPersonWatch({ look, pollMs: settings.pollSeconds * 1_000, clock, log });

  return {
    authenticate: (request: AuthenticateRequest, callOptions?: CallOptions) =>
      run('authenticate', 'authenticate', callOptions, async (link) => {
        const { person, ...outcome } = await authenticate(request, directory, link);
        const [cfgPerson] = await people.numbered([person]);
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
      run('readPersons', 'read', callOptions, (link) => people.find(filter, link)),

    readPersonDbids: async (filter: PersonFilter, callOptions?: ListOptions) => {
      if (filter.state === CfgObjectState.disabled) return disabledOf(look());
      return run('readPersonDbids', 'read', callOptions, async (link) => {
        const persons = await people.find(filter, link, callOptions?.maxObjects);
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
            : (people.recent(dbid) ?? (await people.findByDbid(dbid, link)));
        const member = found ?? nobodyBelow(settings);
        const { names, isCut } = await groupsOf(link.main, member, settings, link.limits);
        if (isCut)
          log.warn(
            { dbid, groups: names.length },
            'a person is in more groups than were read: raise the limit of the directory for our account, or name narrower groupBaseDns or a narrower filter of groups',
          );
        return names.map(namedAccessGroup);
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
}

/** Only people who have a number hold anything. Those who are gone from the directory count too. */
async function disabledOf(known: ReturnType<typeof lookAtKnown>): Promise<number[]> {
  const disabled: number[] = [];
  for await (const people of known)
    disabled.push(...people.filter(({ isEnabled }) => !isEnabled).map(({ dbid }) => dbid));
  return disabled;
}

async function unsupported(what: string): Promise<never> {
  throw new ConfigServerError('Unsupported', `directories have no ${what}`);
}
