/** Turns a person of the people store into the person and access groups that a Configuration Server would show. */
import { type CfgAccessGroup, namedAccessGroup } from '@gatehouse/config-server-client/model/access-group';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import { environmentTenantDbid } from '@gatehouse/config-server-client/model/tenant';
import type { PersonView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';

export function cfgPersonOf(person: PersonView): CfgPerson {
  return definedOnly({
    DBID: person.dbid,
    tenantDBID: environmentTenantDbid,
    userName: person.userName,
    firstName: person.firstName,
    lastName: person.lastName,
    emailAddress: person.email,
    employeeID: person.employeeId,
    externalID: person.externalId,
    isAgent: 0,
    state: person.isActive ? CfgObjectState.enabled : CfgObjectState.disabled,
    PasswordUpdatingDate: person.passwordChangedAt,
  });
}

export function accessGroupsOf({ groups }: PersonView): CfgAccessGroup[] {
  return groups.map(namedAccessGroup);
}
