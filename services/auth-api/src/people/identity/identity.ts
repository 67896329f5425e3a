/** Builds the identity of a person: the value that sessions, tokens and userinfo carry. */

import { definedOnly } from '@gatehouse/contracts/values';
import type { CfgPerson } from '@gatehouse/people-directory';
import type { AuthorityMapping } from '../../config/authority-mapping.ts';
import type { Entry } from '../../records/revocation/revocation.ts';
import { type SubjectPlace, subjectOf } from '../../registry/contact-centers/subjects.ts';
import { type Authority, authoritiesOf, type Entitlements } from './authorities.ts';

/** Plain JSON: it is stored with sessions and refresh families as it stands. */
export interface UserIdentity {
  /** Stable for the life of the person: see subjectOf(). It names one person only together with the contact centre. */
  sub: string;
  environmentId: string;
  contactCenterId: string;
  /** DBID of the person at the Configuration Server of the environment. */
  dbid: number;
  tenantDbid: number;
  /** Unique in the whole installation: `<first domain of the contact centre>\<user name>`. */
  username: string;
  /** The name the person signs in with, as the Configuration Server spells it. */
  loginName: string;
  cmeUserName: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  /** The identity provider of the login has verified that address. */
  emailVerified?: boolean;
  authorities: Authority[];
  properties: Record<string, string>;
  /** How the person came in, as far as it is known. */
  entry?: Entry;
}

export interface IdentityPlace extends SubjectPlace {
  /** First domain of the contact centre. */
  domain: string;
}

export function buildIdentity(
  person: CfgPerson,
  place: IdentityPlace,
  entitlements: Entitlements,
  mapping: AuthorityMapping,
): UserIdentity {
  const { contactCenterId, environmentId, domain } = place;
  return definedOnly({
    sub: subjectOf(place, person.DBID),
    environmentId,
    contactCenterId,
    dbid: person.DBID,
    tenantDbid: person.tenantDBID,
    username: `${domain}\\${person.userName}`,
    loginName: person.userName,
    cmeUserName: person.userName,
    firstName: person.firstName || undefined,
    lastName: person.lastName || undefined,
    email: person.emailAddress || undefined,
    authorities: authoritiesOf(person, entitlements, mapping),
    properties: propertiesOf(person),
  });
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
