/** Reads the setting that says which authorities the names of groups and roles stand for. */

import { managementAuthority } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';

/** Authorities that groups and roles stand for, by the name of the group or role. */
export interface AuthorityMapping {
  groups: ReadonlyMap<string, readonly string[]>;
  /** Groups of people stores alone. */
  scimGroups: ReadonlyMap<string, readonly string[]>;
  roles: ReadonlyMap<string, readonly string[]>;
}

/** Authorities that only clients have, or that only the list of installation administrators gives: no group or role may. */
const reserved = new Set([
  managementAuthority,
  'ROLE_SERVICE',
  'ROLE_INTERNAL_CLIENT',
  installationAdminAuthority,
]);

/** An entry of the setting, such as `group:Supervisors=ROLE_SUPERVISOR`. */
const mappingEntry = /^(group|scim|role):([^=]+)=([A-Za-z0-9_.:-]{1,128})$/;

/** Says what is wrong with an entry, as the end of a sentence; undefined when it is valid. */
export function mappingProblem(entry: string): string | undefined {
  const authority = mappingEntry.exec(entry)?.[3];
  if (authority === undefined)
    return `${JSON.stringify(entry)} is not written as group:NAME=AUTHORITY, scim:NAME=AUTHORITY or role:NAME=AUTHORITY`;
  return reserved.has(authority) ? `${authority} cannot be given to users by groups or roles` : undefined;
}

/** Reads valid entries. */
export function readMapping(entries: readonly string[]): AuthorityMapping {
  const ofKind = {
    group: new Map<string, string[]>(),
    scim: new Map<string, string[]>(),
    role: new Map<string, string[]>(),
  };
  for (const entry of entries) {
    const [, kind, name = '', authority = ''] = mappingEntry.exec(entry) ?? [];
    const names = ofKind[kind as keyof typeof ofKind];
    names.set(name.trim(), [...(names.get(name.trim()) ?? []), authority]);
  }
  return { groups: ofKind.group, scimGroups: ofKind.scim, roles: ofKind.role };
}
