/** Checks, completes and merges the LDAP settings of an environment. The password of the account is write-only. */

import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { LdapSettings } from '@gatehouse/contracts/environment-api/directory';
import { locationSchema, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { label } from '@gatehouse/contracts/text';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { flag, integer } from '@gatehouse/service-kit/http/scalar';
import { FilterParser } from 'ldapts';
import { z } from 'zod';
import { address, passwordField } from './config-server.ts';

const maxServers = 16;
const maxBases = 16;
/** Groups in groups: each level is one more search of a login. */
const maxGroupDepth = 10;

/** RFC 4514 section 3, with the spaces around separators that RFC 2253 section 4 lets readers accept. */
const attribute = /(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)/.source;
const value = /(?:#(?:[0-9A-Fa-f]{2})+ *|(?!#)(?:[^\\,+";<>]|\\(?:[ "#+,;<=>\\]|[0-9A-Fa-f]{2}))*)/.source;
const pair = ` *${attribute} *=${value}`;
export const distinguishedName = new RegExp(`^${pair}(?:[,+]${pair})*$`);
/** What Active Directory takes in place of a name of an entry. */
const principalName = /^[^@\s\\"]+@[A-Za-z0-9][A-Za-z0-9.-]*$/;

export const nameProblem = 'must be a distinguished name, such as ou=people,dc=example,dc=com';
const dn = () => label(1024).regex(distinguishedName, nameProblem);
const bases = () => z.array(dn()).max(maxBases, `has more than ${maxBases} entries`);
const account = label(1024).refine(
  (text) => distinguishedName.test(text) || principalName.test(text),
  'must be a distinguished name, such as cn=gatehouse,dc=example,dc=com, or a name such as gatehouse@example.com',
);
const noAttribute = 'must be the name of an attribute, such as mail';
const attributeName = () => label(128).regex(/^[A-Za-z][A-Za-z0-9-]*$/, noAttribute);
/** Empty: the directory has none. */
const optionalAttribute = () => z.union([z.literal(''), attributeName()], { error: noAttribute });
const filter = () =>
  label(2048).refine(isFilter, 'must be a filter by RFC 4515, such as (objectClass=inetOrgPerson)');

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

const server = z.object({
  address: address(),
  port: integer(1, 65_535)
    .optional()
    .describe('Without it 636, or 389 where `startTls` is true or `tlsEnabled` false.'),
  locations: z
    .array(locationSchema)
    .min(1)
    .max(64)
    .transform((locations) => [...new Set(locations)].sort())
    .default([rootLocation])
    .describe('Where it serves; `/` is everywhere.'),
});

const attributes = z.object({
  id: attributeName().describe('Names the person for good. Cannot be changed later.'),
  userName: attributeName(),
  firstName: optionalAttribute(),
  lastName: optionalAttribute(),
  email: optionalAttribute(),
  employeeId: optionalAttribute(),
  externalId: optionalAttribute(),
  groupName: attributeName(),
  member: attributeName().describe('Of a group: the names of its members.'),
});

export const ldapFields = z
  .object({
    type: z
      .enum(['standard', 'activeDirectory'], { error: 'must be "standard" or "activeDirectory"' })
      .describe('Decides about defaults, disabled accounts and passwords. Cannot be changed later.'),
    servers: z
      .array(server)
      .max(maxServers, `has more than ${maxServers} entries`)
      .describe('In the order in which they are tried.'),
    startTls: flag().describe('Counts while tlsEnabled is true: StartTLS instead of ldaps.'),
    bindDn: account.describe('The account that searches.'),
    bindPassword: passwordField.describe(
      'Its password. Write-only. A change of server, SRV record, TLS or account must bring it along.',
    ),
    baseDns: bases().describe('Below these entries people are searched.'),
    groupBaseDns: bases().describe('Below these entries groups are searched; empty: baseDns.'),
    filters: z.object({ person: filter(), group: filter() }).partial(),
    attributes: attributes.partial(),
    groupDepth: integer(0, maxGroupDepth).describe('How many levels of groups in groups are followed.'),
    pollSeconds: integer(5, 3600).describe('How often it is asked who changed, was disabled or is gone.'),
  })
  .partial();

export const ldapField = ldapFields
  .nullable()
  .optional()
  .describe('With directory "ldap". Fields that are not given stay, or get a value that fits the type.');

export type LdapPatch = z.output<typeof ldapFields>;

const shared = { startTls: false, bindDn: '', baseDns: [], groupBaseDns: [], groupDepth: 5, pollSeconds: 30 };

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
  const { bindPassword: _, type = present?.type ?? 'standard', ...given } = patch;
  const base: LdapSettings = present ?? { ...shared, ...defaults[type], type, servers: [] };
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
