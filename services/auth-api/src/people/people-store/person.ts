/** Turns a person of the people store into the person and access groups that a Configuration Server would show. */

import type { PersonView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import {
  type CfgAccessGroup,
  CfgObjectState,
  type CfgPerson,
  environmentTenantDbid,
  namedAccessGroup,
} from '@gatehouse/people-directory';

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
    hasPassword: person.passwordEnvelope !== undefined,
    passwordLinkEndsAt: person.passwordLinkEndsAt,
    linkIssuers: person.linkIssuers,
  });
}

export function accessGroupsOf({ groups }: PersonView): CfgAccessGroup[] {
  return groups.map(namedAccessGroup);
}
