/** Tells whether a person belongs to a contact centre, by what the directory of its environment says of the person. */

import type { EnvironmentView, Membership } from '@gatehouse/contracts/environment-api';
import { isAtOrBelow } from '@gatehouse/directory-ldap';
import {
  type CallOptions,
  CfgObjectState,
  isConfigServerError,
  type PeopleDirectory,
} from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { createFolderPaths } from './folder-paths.ts';
import { createTenantNumbers } from './tenant-numbers.ts';

/** A directory says this of a person without another question. */
export interface PersonFacts {
  /** Undefined: a person of a directory who has no number yet. 0: nobody. */
  dbid: number | undefined;
  userName: string;
  tenantDbid?: number | undefined;
  dn?: string | undefined;
}

/** Asked about nobody, it does the work that it does for somebody. Errors: those of the questions. */
export type TakesIn = (person: PersonFacts, options: CallOptions) => Promise<boolean>;

export const nobody: PersonFacts = { dbid: 0, userName: '' };

type Place = { environment: EnvironmentView; backend: PeopleDirectory };

export function createMembershipRules(now: Clock, tenantNumber = createTenantNumbers(now)) {
  const folderPaths = createFolderPaths(now);

  /** Undefined: everybody belongs to it. A rule takes nobody in of whom the directory does not tell. */
  return ({ environment, backend }: Place, { by, names }: Membership): TakesIn | undefined => {
    if (by === 'all') return undefined;
    if (by === 'organizationalUnit')
      return async ({ dn }) => dn !== undefined && names.some((name) => isAtOrBelow(dn, name));
    if (by === 'accessGroup')
      return async (person, options) => (await groupsOf(backend, person, options)).some(isOneOf(names));
    if (by === 'folder')
      return async ({ dbid }, options) => {
        const folders = await foldersOf(backend, dbid, options);
        const paths = await Promise.all(
          folders.map(({ DBID }) => folderPaths(environment, backend, DBID, options)),
        );
        return paths.flat().some((path) => names.includes(path));
      };
    return async ({ tenantDbid }, options) => {
      const dbids = await Promise.all(names.map((name) => tenantNumber(environment, backend, name, options)));
      return tenantDbid !== undefined && dbids.includes(tenantDbid);
    };
  };
}

const isOneOf = (names: readonly string[]) => (name: string) => names.includes(name);

async function groupsOf(
  backend: Pick<PeopleDirectory, 'readAccessGroups'>,
  { dbid, userName }: PersonFacts,
  options: CallOptions,
): Promise<string[]> {
  const filter = dbid === undefined ? { user_name: userName } : { person_dbid: dbid };
  const groups = await backend.readAccessGroups(filter, options);
  const enabled = groups.filter(({ groupInfo }) => groupInfo.state === CfgObjectState.enabled);
  return enabled.map(({ groupInfo }) => groupInfo.name);
}

/** A server without folders, or one that does not tell whom they hold, puts nobody into one. */
async function foldersOf(
  backend: Pick<PeopleDirectory, 'readFolders'>,
  dbid: number | undefined,
  options: CallOptions,
) {
  try {
    const folders = await backend.readFolders({ person_dbid: dbid ?? 0 }, options);
    return folders.filter(({ state }) => state === CfgObjectState.enabled);
  } catch (error) {
    if (isConfigServerError(error, 'Unsupported', 'InvalidFilter')) return [];
    throw error;
  }
}
