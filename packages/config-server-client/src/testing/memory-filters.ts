/** Decides which objects in memory a filter of the protocol selects. */
import {
  type AccessGroupFilter,
  beginsWith,
  type CfgAccessGroup,
  CfgObjectType,
  type CfgPerson,
  type CfgRole,
  foldUserName,
  type PersonFilter,
  type RoleFilter,
} from '@gatehouse/people-directory';

export function matches<T>(value: T | undefined | null, wanted: T | undefined): boolean {
  return wanted === undefined || value === wanted;
}

export function personMatches(person: CfgPerson, filter: PersonFilter): boolean {
  return (
    matches(person.DBID, filter.dbid) &&
    matches(person.tenantDBID, filter.tenant_dbid) &&
    (filter.user_name === undefined || foldUserName(person.userName) === foldUserName(filter.user_name)) &&
    matches(person.employeeID, filter.employee_id) &&
    matches(person.firstName, filter.first_name) &&
    matches(person.lastName, filter.last_name) &&
    matches(person.isAgent, filter.is_agent) &&
    matches(person.state, filter.state) &&
    (filter.email_address === undefined ||
      foldUserName(person.emailAddress ?? '') === foldUserName(filter.email_address)) &&
    matches(person.externalID, filter.external_id) &&
    beginsWith({ ...person, email: person.emailAddress }, filter.name_prefix ?? '')
  );
}

export function roleMatches(role: CfgRole, filter: RoleFilter): boolean {
  return (
    matches(role.DBID, filter.dbid) &&
    matches(role.tenantDBID, filter.tenant_dbid) &&
    matches(role.name, filter.name) &&
    matches(role.state, filter.state)
  );
}

export function accessGroupMatches(group: CfgAccessGroup, filter: AccessGroupFilter): boolean {
  const isMember = (dbid: number) =>
    (group.memberIDs ?? []).some((member) => member.type === CfgObjectType.person && member.DBID === dbid);
  return (
    matches(group.groupInfo.DBID, filter.dbid) &&
    matches(group.groupInfo.tenantDBID, filter.tenant_dbid) &&
    matches(group.groupInfo.name, filter.name) &&
    matches(group.groupInfo.state, filter.state) &&
    (filter.person_dbid === undefined || isMember(filter.person_dbid))
  );
}
