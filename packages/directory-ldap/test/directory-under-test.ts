/** Connects the back end to a server of a test, with numbers that the test gives out. */
import { defaultStandby } from '@gatehouse/config-server-client/client';
import { type Endpoint, staticEndpoints } from '@gatehouse/config-server-client/discovery';
import { ldapNames } from '@gatehouse/testing/ldap';
import { onTestFinished } from 'vitest';
import { createDirectoryBackend, type DirectoryBackendOptions } from '../src/backend.ts';
import type { PersonNumbers } from '../src/person-numbers.ts';
import type { DirectorySettings } from '../src/settings.ts';

export function settingsFor(overrides: Partial<DirectorySettings> = {}): DirectorySettings {
  return {
    type: 'standard',
    startTls: false,
    tls: undefined,
    bindDn: ldapNames.bindDn,
    bindPassword: ldapNames.bindPassword,
    baseDns: [ldapNames.peopleDn],
    groupBaseDns: [ldapNames.groupsDn],
    filters: { person: '(objectClass=inetOrgPerson)', group: '(objectClass=groupOfNames)' },
    attributes: {
      id: 'entryUUID',
      userName: 'uid',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      employeeId: 'employeeNumber',
      externalId: '',
      groupName: 'cn',
      member: 'member',
    },
    groupDepth: 3,
    pollSeconds: 1,
    ...overrides,
  };
}

/** Gives numbers from 100 on, as Environment API does. */
export function numbersOfTest() {
  const ids = new Map<string, number>();
  const numbers: PersonNumbers = {
    async of(externalIds) {
      for (const id of externalIds) if (!ids.has(id)) ids.set(id, 100 + ids.size);
      return new Map(externalIds.map((id) => [id, ids.get(id) as number]));
    },
    given: async (externalIds) =>
      new Map(
        externalIds.flatMap((id) => {
          const number = ids.get(id);
          return number === undefined ? [] : [[id, number] as const];
        }),
      ),
    idOf: async (dbid) => [...ids].find(([, number]) => number === dbid)?.[0],
    known: async (after, limit) =>
      [...ids]
        .map(([externalId, dbid]) => ({ externalId, dbid }))
        .filter(({ dbid }) => dbid > after)
        .slice(0, limit),
  };
  return { ...numbers, size: () => ids.size };
}

/** Closes with the test. Attempts follow each other quickly. */
export function openBackend(
  endpoints: Endpoint[],
  settings: DirectorySettings,
  options: Partial<DirectoryBackendOptions> = {},
) {
  const backend = createDirectoryBackend({
    settings,
    endpoints: staticEndpoints(endpoints),
    numbers: numbersOfTest(),
    silenceMs: 1_000,
    ...options,
    standby: {
      ...defaultStandby,
      reconnectionRandomDelayMs: 20,
      backupDelayMs: 10,
      retryDelaysMs: [50],
      failFastAfterMs: 3_000,
      ...options.standby,
    },
  });
  onTestFinished(() => backend.close());
  return backend;
}

export const on = (port: number): Endpoint => ({ host: '127.0.0.1', port });
