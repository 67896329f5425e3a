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

/** A person as far as it must be known. */
type Known<Field extends keyof PersonView> = Pick<PersonView, Field> & Partial<PersonView>;

export function cfgPersonOf(person: Known<'dbid' | 'userName' | 'isActive'>): CfgPerson {
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

export function accessGroupsOf({ groups }: Known<'groups'>): CfgAccessGroup[] {
  return groups.map(namedAccessGroup);
}
