/** Derives a person's authorities from flags, ranks, access groups and roles. docs/explain/authorities.md lists the rules. */

import { contactCenterRights } from '@gatehouse/contracts/values';
import { type CfgPerson, CfgRank, flagIsSet } from '@gatehouse/people-directory';
import type { AuthorityMapping } from '../../config/authority-mapping.ts';
import { groupPrefix } from '../../core/protocol/user-claims.ts';

export interface Authority {
  name: string;
  privileges: string[];
}

/** Facts of a person at the Configuration Server that stand beside the person object. */
export interface Entitlements {
  /** Whether the groups are those of a people store, which programs with a SCIM key write. */
  areProvisioned?: boolean;
  /** Names of enabled access groups. */
  groups: readonly string[];
  roles: readonly { name: string; privileges: string[] }[];
}

export const noEntitlements: Entitlements = { groups: [], roles: [] };

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

const consoleRights: ReadonlySet<string> = new Set(Object.values(contactCenterRights));

/**
 * A SCIM key makes people and groups of any name. It would be worth as much as an administrator of its contact centre wherever a
 * group of a directory is mapped, so only an entry for this source gives a right at the console.
 */
function ofProvisioned(name: string, { groups, scimGroups }: AuthorityMapping): readonly string[] {
  const shared = (groups.get(name) ?? []).filter((authority) => !consoleRights.has(authority));
  return [...shared, ...(scimGroups.get(name) ?? [])];
}
