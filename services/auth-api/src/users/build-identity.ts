/** Makes the identity of a person from what the Configuration Server and the Environment API say. */
import { CfgRank, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import type { Authority, UserIdentity } from './identity.ts';
import { subjectOf } from './subject.ts';

export interface IdentityPlace {
  contactCenterId: string;
  environmentId: string;
  /** First domain of the contact centre. */
  domain: string;
}

/** Ranks from here on administer: tenant, service and super administrators. */
const lowestAdministratorRank = CfgRank.tenantAdministrator;

export function buildIdentity(person: CfgPerson, place: IdentityPlace): UserIdentity {
  return {
    sub: subjectOf(place.environmentId, person.DBID),
    environmentId: place.environmentId,
    contactCenterId: place.contactCenterId,
    dbid: person.DBID,
    tenantDbid: person.tenantDBID,
    username: `${place.domain}\\${person.userName}`,
    loginName: person.userName,
    cmeUserName: person.userName,
    ...(person.firstName ? { firstName: person.firstName } : {}),
    ...(person.lastName ? { lastName: person.lastName } : {}),
    ...(person.emailAddress ? { email: person.emailAddress } : {}),
    authorities: authoritiesOf(person),
    properties: propertiesOf(person),
  };
}

/** ROLE_USER always, ROLE_AGENT for agents, ROLE_ADMIN for everybody with an administrator's rank in any application. */
function authoritiesOf(person: CfgPerson): Authority[] {
  const isAdministrator = (person.appRanks ?? []).some(({ appRank }) => appRank >= lowestAdministratorRank);
  const names = [
    'ROLE_USER',
    ...(flagIsSet(person.isAgent) ? ['ROLE_AGENT'] : []),
    ...(isAdministrator ? ['ROLE_ADMIN'] : []),
  ];
  return names.map((name) => ({ name, privileges: [] }));
}

function propertiesOf(person: CfgPerson): Record<string, string> {
  const properties: Record<string, string> = { tenantDBID: String(person.tenantDBID) };
  const texts = {
    firstName: person.firstName,
    lastName: person.lastName,
    employeeId: person.employeeID,
    emailAddress: person.emailAddress,
    externalId: person.externalID,
  };
  for (const [name, value] of Object.entries(texts)) if (value) properties[name] = value;
  return properties;
}
