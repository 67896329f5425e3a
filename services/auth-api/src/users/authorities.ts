/** What a person may do, as tokens and userinfo say it: from flags and ranks, access groups and roles. See docs/authorities.md. */
import { CfgRank, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import type { AuthorityMapping } from './authority-mapping.ts';
import type { Authority } from './identity.ts';

/** What the Configuration Server says of a person beside the person itself. */
export interface Entitlements {
  /** Names of enabled access groups. */
  groups: readonly string[];
  roles: readonly { name: string; privileges: string[] }[];
}

export const noEntitlements: Entitlements = { groups: [], roles: [] };

/** Ranks from here on administer: tenant, service and super administrators. */
const lowestAdministratorRank = CfgRank.tenantAdministrator;

/** A prefix keeps the names of groups and roles, which estates choose, apart from the authorities that mean something here. */
const groupPrefix = 'GROUP_';
const rolePrefix = 'CONFIG_ROLE_';

export function authoritiesOf(
  person: CfgPerson,
  { groups, roles }: Entitlements,
  mapping: AuthorityMapping,
): Authority[] {
  const isAdministrator = (person.appRanks ?? []).some(({ appRank }) => appRank >= lowestAdministratorRank);
  const plain = [
    'ROLE_USER',
    ...(flagIsSet(person.isAgent) ? ['ROLE_AGENT'] : []),
    ...(isAdministrator ? ['ROLE_ADMIN'] : []),
    ...groups.flatMap((name) => mapping.groups.get(name) ?? []),
    ...roles.flatMap(({ name }) => mapping.roles.get(name) ?? []),
    ...groups.map((name) => groupPrefix + name),
  ];
  return [
    ...[...new Set(plain)].map((name) => ({ name, privileges: [] })),
    ...roles.map(({ name, privileges }) => ({ name: rolePrefix + name, privileges })),
  ];
}
