/** Makes the identity of a person from what the Configuration Server and the Environment API say. */
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import { authoritiesOf, type Entitlements } from './authorities.ts';
import type { AuthorityMapping } from './authority-mapping.ts';
import type { UserIdentity } from './identity.ts';
import { subjectOf } from './subject.ts';

export interface IdentityPlace {
  contactCenterId: string;
  environmentId: string;
  /** First domain of the contact centre. */
  domain: string;
}

export function buildIdentity(
  person: CfgPerson,
  place: IdentityPlace,
  entitlements: Entitlements,
  mapping: AuthorityMapping,
): UserIdentity {
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
    authorities: authoritiesOf(person, entitlements, mapping),
    properties: propertiesOf(person),
  };
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
