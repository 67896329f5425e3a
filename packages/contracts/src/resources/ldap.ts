/** Describes how an environment finds its people in an LDAP directory: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { distinguishedName, distinguishedNameField } from '../environment-api/distinguished-name.ts';
import { locationSchema, rootLocation } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';
import { flag, integer } from '../values/scalar.ts';
import { label } from '../values/text.ts';
import { accountPassword, hostAddress, port, storedSecret } from './config-server.ts';

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
  help: `${label} of a person. Emptied: the directory has none.`,
  group: 'attributes',
});

const attributes = {
  id: field(attributeName.optional(), {
    label: 'Identity',
    help: 'Names a person for good: it never changes, and is never given to another entry. The choice cannot be changed later.',
    group: 'attributes',
    isFixed: true,
  }),
  userName: field(attributeName.optional(), {
    label: 'User name',
    help: 'The name that people type to sign in.',
    group: 'attributes',
  }),
  firstName: field(optionalAttribute.optional(), ofPerson('First name')),
  lastName: field(optionalAttribute.optional(), ofPerson('Last name')),
  email: field(optionalAttribute.optional(), ofPerson('E-mail')),
  employeeId: field(optionalAttribute.optional(), ofPerson('Employee number')),
  externalId: field(optionalAttribute.optional(), ofPerson('External identifier')),
  groupName: field(attributeName.optional(), {
    label: 'Name of a group',
    help: 'Access groups have these names.',
    group: 'attributes',
  }),
  member: field(attributeName.optional(), {
    label: 'Members of a group',
    help: 'Names the entries that belong to a group.',
    group: 'attributes',
  }),
};

/** Both are checked by Environment API, which has a parser of filters. */
const filters = {
  person: field(label(2048).optional(), {
    label: 'Filter for people',
    help: 'Who is a person (RFC 4515). Empty in a new environment: what fits the kind of directory.',
    group: 'search',
  }),
  group: field(label(2048).optional(), {
    label: 'Filter for groups',
    help: 'What is a group (RFC 4515). Empty in a new environment: what fits the kind of directory.',
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
      initial: 'standard',
      isFixed: true,
    },
  ),
  servers: field(z.array(server).max(maxServers, `has more than ${maxServers} entries`).optional(), {
    label: 'Servers',
    help: 'In the order in which they are tried. A form has one in each line: address, port and locations, such as `dc-1.corp.example:636 /USW1`.',
    group: 'servers',
  }),
  startTls: field(flag().optional(), {
    label: 'StartTLS',
    help: 'Instead of TLS from the first byte. Counts while TLS is required.',
    group: 'encryption',
  }),
  bindDn: field(account.optional(), {
    label: 'Account',
    help: 'The account that searches: its distinguished name, or a name such as gatehouse@corp.example.',
    group: 'account',
  }),
  bindPassword: field(accountPassword.optional(), {
    label: 'Password of the account',
    help: storedSecret,
    group: 'account',
    isSecret: true,
  }),
  baseDns: field(bases(), {
    label: 'People are below',
    help: 'Distinguished names of the entries below which people are searched, one in each line.',
    group: 'search',
  }),
  groupBaseDns: field(bases(), {
    label: 'Groups are below',
    help: 'Distinguished names of the entries below which groups are searched. Empty: where people are.',
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
    help: 'How many levels of groups in groups count. 0: only groups that name the person.',
    group: 'search',
    initial: 5,
  }),
  pollSeconds: field(integer(5, 3600).optional(), {
    label: 'Ask for changes every',
    help: 'Seconds. A disabled person is signed out after this time at the latest.',
    group: 'search',
    initial: 30,
  }),
};
