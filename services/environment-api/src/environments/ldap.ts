/** Checks, completes and merges the LDAP settings of an environment. The password of the account is write-only. */

import type { LdapSettings } from '@gatehouse/contracts/environment-api';
import { checkedBy, initialOf } from '@gatehouse/contracts/resource';
import { ldapFields } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import { FilterParser } from 'ldapts';
import { z } from 'zod';

const { person, group } = ldapFields.filters.unwrap().shape;
/** As it is described, and checked by the parser that is here alone. */
const filter = person
  .unwrap()
  .refine(isFilter, 'must be a filter by RFC 4515, such as (objectClass=inetOrgPerson)')
  .optional();

/** The parser overlooks a parenthesis that is missing at the end: what it has read must have as many as the text. */
function isFilter(text: string): boolean {
  try {
    const read = FilterParser.parseString(text).toString();
    const [opening, closing] = [text.split('(').length, text.split(')').length];
    return text.startsWith('(') && opening === closing && read.split('(').length === opening;
  } catch {
    return false;
  }
}

export const ldapSchema = z.object({
  ...ldapFields,
  filters: checkedBy(
    ldapFields.filters,
    z.object({ person: checkedBy(person, filter), group: checkedBy(group, filter) }).optional(),
  ),
});

export type LdapPatch = z.output<typeof ldapSchema>;

const shared = {
  startTls: false,
  bindDn: '',
  baseDns: [],
  groupBaseDns: [],
  servers: [],
  ...initialOf({ name: 'ldap', fields: ldapFields }),
};

const defaults: Record<LdapSettings['type'], Pick<LdapSettings, 'filters' | 'attributes'>> = {
  standard: {
    filters: { person: '(objectClass=inetOrgPerson)', group: '(objectClass=groupOfNames)' },
    attributes: {
      id: 'entryUUID',
      userName: 'uid',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      employeeId: 'employeeNumber',
      externalId: 'uid',
      groupName: 'cn',
      member: 'member',
    },
  },
  activeDirectory: {
    filters: { person: '(&(objectCategory=person)(objectClass=user))', group: '(objectClass=group)' },
    attributes: {
      id: 'objectGUID',
      userName: 'sAMAccountName',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      employeeId: 'employeeID',
      externalId: 'userPrincipalName',
      groupName: 'cn',
      member: 'member',
    },
  },
};

/** Given fields replace stored ones, or the defaults. @throws AppError 400 for what cannot be changed */
export function mergeLdap(
  present: LdapSettings | undefined,
  patch: LdapPatch,
  tlsEnabled: boolean,
): LdapSettings {
  const { bindPassword: _, type = present?.type ?? shared.type, ...given } = patch;
  const base: LdapSettings = present ?? { ...shared, ...defaults[type], type };
  const startTls = given.startTls ?? base.startTls;
  const port = tlsEnabled && !startTls ? 636 : 389;
  const servers = given.servers?.map((one) => ({
    address: one.address,
    port: one.port ?? port,
    locations: one.locations,
  }));
  const merged = {
    ...base,
    ...definedOnly({ ...given, servers }),
    filters: { ...base.filters, ...definedOnly(given.filters ?? {}) },
    attributes: { ...base.attributes, ...definedOnly(given.attributes ?? {}) },
  };
  if (type !== base.type) throw fixed('data.ldap.type');
  if (present && merged.attributes.id !== present.attributes.id) throw fixed('data.ldap.attributes.id');
  return merged;
}

function fixed(field: string) {
  return badRequest(
    `${field} stays as it is, because people would become others: create another environment for it`,
    { field, reason: 'fixed' },
  );
}
