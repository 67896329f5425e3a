/** Derives a person's authorities from flags, ranks, access groups and roles. docs/explain/authorities.md lists the rules. */
import { CfgRank, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import {
  contactCenterAdminAuthority,
  installationAdminAuthority,
} from '@gatehouse/contracts/auth-api/console';
import { managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { groupPrefix } from '../protocol/user-claims.ts';

export interface Authority {
  name: string;
  privileges: string[];
}

/** What the Configuration Server says of a person beside the person itself. */
export interface Entitlements {
  /** Whether the groups are those of a people store, which programs with a SCIM key write. */
  areProvisioned?: boolean;
  /** Names of enabled access groups. */
  groups: readonly string[];
  roles: readonly { name: string; privileges: string[] }[];
}

export const noEntitlements: Entitlements = { groups: [], roles: [] };

/** Authorities that groups and roles stand for, by the name of the group or role. */
export interface AuthorityMapping {
  groups: ReadonlyMap<string, readonly string[]>;
  /** Groups of people stores alone. */
  scimGroups: ReadonlyMap<string, readonly string[]>;
  roles: ReadonlyMap<string, readonly string[]>;
}

/** Tenant, service and super administrators have this rank or a higher one. */
const minAdministratorRank = CfgRank.tenantAdministrator;

/** As groupPrefix, for the customer's names of roles. */
const rolePrefix = 'CONFIG_ROLE_';

export function authoritiesOf(
  person: CfgPerson,
  { groups, roles, areProvisioned = false }: Entitlements,
  mapping: AuthorityMapping,
): Authority[] {
  const isAdministrator = (person.appRanks ?? []).some(({ appRank }) => appRank >= minAdministratorRank);
  const plain = [
    'ROLE_USER',
    ...(flagIsSet(person.isAgent) ? ['ROLE_AGENT'] : []),
    ...(isAdministrator ? ['ROLE_ADMIN'] : []),
    ...groups.flatMap((name) =>
      areProvisioned ? ofProvisioned(name, mapping) : (mapping.groups.get(name) ?? []),
    ),
    ...roles.flatMap(({ name }) => mapping.roles.get(name) ?? []),
    ...groups.map((name) => groupPrefix + name),
  ];
  return [
    ...[...new Set(plain)].map((name) => ({ name, privileges: [] })),
    ...roles.map(({ name, privileges }) => ({ name: rolePrefix + name, privileges })),
  ];
}

/**
 * A SCIM key makes people and groups of any name. It would be worth as much as an administrator of its contact centre wherever a
 * group of a directory is mapped, so only an entry for this source gives that right.
 */
function ofProvisioned(name: string, { groups, scimGroups }: AuthorityMapping): readonly string[] {
  const shared = (groups.get(name) ?? []).filter((authority) => authority !== contactCenterAdminAuthority);
  return [...shared, ...(scimGroups.get(name) ?? [])];
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
