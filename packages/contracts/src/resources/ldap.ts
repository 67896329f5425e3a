/** Describes how an environment finds its people in an LDAP directory: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { distinguishedName, distinguishedNameField } from '../environment-api/distinguished-name.ts';
import { locationSchema, rootLocation } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';
import { flag, integer } from '../scalar.ts';
import { label } from '../text.ts';
import { accountPassword, hostAddress, port } from './config-server.ts';

const maxServers = 16;
const maxBases = 16;
/** Groups in groups: each level is one more search of a login. */
const maxGroupDepth = 10;

/** Active Directory takes such a name in place of the name of an entry. */
const principalName = /^[^@\s\\"]+@[A-Za-z0-9][A-Za-z0-9.-]*$/;

const bases = () =>
  z.array(distinguishedNameField()).max(maxBases, `has more than ${maxBases} entries`).optional();
const account = label(1024).refine(
  (text) => distinguishedName.test(text) || principalName.test(text),
  'must be a distinguished name, such as cn=gatehouse,dc=example,dc=com, or a name such as gatehouse@example.com',
);
const noAttribute = 'must be the name of an attribute, such as mail';
const attributeName = label(128).regex(/^[A-Za-z][A-Za-z0-9-]*$/, noAttribute);
/** Empty: the directory has none. */
const optionalAttribute = z.union([z.literal(''), attributeName], { error: noAttribute });

const server = z.object({
  address: hostAddress(),
  port: port().optional().describe('Without it 636, or 389 where `startTls` is true or `tlsEnabled` false.'),
  locations: z
    .array(locationSchema)
    .min(1)
    .max(64)
    .transform((locations) => [...new Set(locations)].sort())
    .default([rootLocation])
    .describe('Where it serves; `/` is everywhere.'),
});

const ofPerson = (label: string) => ({
  label,
  help: `${label} of a person. Empty: the directory has none.`,
  group: 'attributes',
});

const attributes = {
  id: field(attributeName.optional(), {
    label: 'Identity',
    help: 'Names the person for good. Cannot be changed later.',
    group: 'attributes',
    isFixed: true,
  }),
  userName: field(attributeName.optional(), {
    label: 'User name',
    help: 'Of a person: what people type.',
    group: 'attributes',
  }),
  firstName: field(optionalAttribute.optional(), ofPerson('First name')),
  lastName: field(optionalAttribute.optional(), ofPerson('Last name')),
  email: field(optionalAttribute.optional(), ofPerson('E-mail')),
  employeeId: field(optionalAttribute.optional(), ofPerson('Employee number')),
  externalId: field(optionalAttribute.optional(), ofPerson('External identifier')),
  groupName: field(attributeName.optional(), {
    label: 'Name of a group',
    help: 'Of a group: its name.',
    group: 'attributes',
  }),
  member: field(attributeName.optional(), {
    label: 'Members of a group',
    help: 'Of a group: the names of its members.',
    group: 'attributes',
  }),
};

/** Both are checked by Environment API, which has a parser of filters. */
const filters = {
  person: field(label(2048).optional(), {
    label: 'Filter for people',
    help: 'RFC 4515: who is a person. What fits the kind of directory without it.',
    group: 'search',
  }),
  group: field(label(2048).optional(), {
    label: 'Filter for groups',
    help: 'RFC 4515: what is a group. What fits the kind of directory without it.',
    group: 'search',
  }),
};

/** A field that is not given stays, or gets a value that fits the type. */
export const ldapFields = {
  type: field(
    z.enum(['standard', 'activeDirectory'], { error: 'must be "standard" or "activeDirectory"' }).optional(),
    {
      label: 'Kind of directory',
      help: 'Decides about defaults, disabled accounts and passwords. Cannot be changed later.',
      group: 'ldap',
      isFixed: true,
    },
  ),
  servers: field(z.array(server).max(maxServers, `has more than ${maxServers} entries`).optional(), {
    label: 'Servers',
    help: 'In the order in which they are tried.',
    group: 'ldap',
  }),
  startTls: field(flag().optional(), {
    label: 'StartTLS',
    help: 'Counts while tlsEnabled is true: StartTLS instead of ldaps.',
    group: 'search',
  }),
  bindDn: field(account.optional(), { label: 'Account', help: 'The account that searches.', group: 'ldap' }),
  bindPassword: field(accountPassword.optional(), {
    label: 'Password of the account',
    help: 'Its password. Write-only. A change of server, SRV record, TLS or account must bring it along.',
    group: 'ldap',
    isSecret: true,
  }),
  baseDns: field(bases(), {
    label: 'People are below',
    help: 'Below these entries people are searched.',
    group: 'search',
  }),
  groupBaseDns: field(bases(), {
    label: 'Groups are below',
    help: 'Below these entries groups are searched; empty: baseDns.',
    group: 'search',
  }),
  filters: field(z.object(filters).optional(), {
    label: 'Filters',
    help: 'Who is a person, and what is a group.',
    group: 'search',
  }),
  attributes: field(z.object(attributes).optional(), {
    label: 'Attributes',
    help: 'Where an entry keeps what is read of a person or group.',
    group: 'attributes',
  }),
  groupDepth: field(integer(0, maxGroupDepth).optional(), {
    label: 'Levels of groups in groups',
    help: 'How many levels of groups in groups are followed.',
    group: 'search',
  }),
  pollSeconds: field(integer(5, 3600).optional(), {
    label: 'Ask for changes every',
    help: 'How often it is asked who changed, was disabled or is gone.',
    group: 'search',
  }),
};
