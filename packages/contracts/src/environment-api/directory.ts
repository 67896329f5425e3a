/** Describes where an environment keeps its people: Configuration Servers, an LDAP directory (RFC 4511), or Environment API. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import type { MembershipKind } from './membership.ts';

/** Says what callers ask of a source of people. Only code that merges, examines or shows the settings of one source compares its name. */
interface PeopleSource {
  /** Environment API keeps the people: there are no servers and no settings, and people and groups are written by SCIM or from a file. */
  isOwn: boolean;
  /** People are of tenants, which an environment names. */
  hasTenants: boolean;
  /** Its name in a message: "The … does not answer". */
  title: string;
  /** The name of one of its servers in a message. Absent: it has none. */
  server?: string;
  /** Where its people are: "The people are in …". */
  place: string;
  /** In the spans of traces. */
  system: string;
  /** Of an environment: the fields that not every source has, those of this one. */
  fields: readonly string[];
  /** The fields that a new environment must have. */
  needs: readonly string[];
  /** By what a contact centre may name its people. */
  memberships: readonly MembershipKind[];
  /** The sentence that says why nobody can sign in, and the remedy. Absent: an attempt at what a login needs tells it. */
  nobody?: 'probe.logins.ldap' | 'probe.logins.people';
}

const sources = {
  /** Configuration Servers, with their own numbers of people. */
  configServer: {
    isOwn: false,
    hasTenants: true,
    title: 'Configuration Server',
    server: 'Configuration Server',
    place: 'Configuration Servers',
    system: 'config-server',
    fields: ['configServers', 'consulService', 'srvRecord', 'tls', 'username', 'password', 'tenant'],
    needs: ['username', 'password'],
    memberships: ['all', 'tenant', 'folder', 'accessGroup'],
  },
  /** An LDAP directory. */
  ldap: {
    isOwn: false,
    hasTenants: false,
    title: 'LDAP directory',
    server: 'LDAP server',
    place: 'an LDAP directory',
    system: 'ldap',
    fields: ['srvRecord', 'tls', 'ldap'],
    needs: ['ldap.bindDn', 'ldap.bindPassword', 'ldap.baseDns'],
    memberships: ['all', 'accessGroup', 'organizationalUnit'],
    nobody: 'probe.logins.ldap',
  },
  /** The store of Environment API. It needs no choice of people: its environment serves one contact centre. */
  people: {
    isOwn: true,
    hasTenants: false,
    title: 'people store',
    place: 'the people store',
    system: 'people',
    fields: [],
    needs: [],
    memberships: ['all'],
    nobody: 'probe.logins.people',
  },
} as const satisfies Record<string, PeopleSource>;

export type Directory = keyof typeof sources;
/** A source that Environment API keeps itself. */
type OwnDirectory = {
  [Name in Directory]: (typeof sources)[Name]['isOwn'] extends true ? Name : never;
}[Directory];

export type KeptElsewhere = Exclude<Directory, OwnDirectory>;

export const peopleSources: Readonly<Record<Directory, PeopleSource>> = sources;
export const directories = Object.keys(sources) as readonly Directory[];
/** Of an environment that names none: it was the only one in the first release. */
export const defaultDirectory = 'configServer' satisfies Directory;

export const isOwnDirectory = (directory: Directory): directory is OwnDirectory => sources[directory].isOwn;

export const directorySchema = z.enum(directories);

export const ldapServerSchema = z.object({
  address: z.string(),
  port: z.int(),
  /** `/` serves every location. */
  locations: z.array(z.string()),
});
components.add(ldapServerSchema, { id: 'LdapServer' });

/** Where an entry keeps what we read of a person or group. */
export const ldapAttributesSchema = z.object({
  /** Never changes and is never given to another entry: `entryUUID` (RFC 4530) or `objectGUID`. */
  id: z.string(),
  userName: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  employeeId: z.string(),
  externalId: z.string(),
  groupName: z.string(),
  /** Of a group: the names of its members. */
  member: z.string(),
});
components.add(ldapAttributesSchema, { id: 'LdapAttributes' });

export const ldapSchema = z.object({
  /** `activeDirectory`: `userAccountControl` says who is disabled, and passwords are changed by `unicodePwd`. */
  type: z.enum(['standard', 'activeDirectory']),
  /** In the order in which they are tried. Empty only where `srvRecord` of the environment names them. */
  servers: z.array(ldapServerSchema),
  /** Counts while `tlsEnabled` of the environment is true: StartTLS (RFC 4511 section 4.14) instead of `ldaps`. */
  startTls: z.boolean(),
  /** The account that searches. */
  bindDn: z.string(),
  /** Below these entries people are searched. */
  baseDns: z.array(z.string()).min(1),
  /** Below these entries groups are searched. Empty: below `baseDns`. */
  groupBaseDns: z.array(z.string()),
  /** RFC 4515. They find the entries that are persons, and those that are groups. */
  filters: z.object({ person: z.string(), group: z.string() }),
  attributes: ldapAttributesSchema,
  /** How many levels of groups in groups are followed; 0: only groups that name the person. */
  groupDepth: z.int(),
  /** How often it is asked who changed, was disabled or is gone. */
  pollSeconds: z.int(),
});

export const ldapViewSchema = ldapSchema.extend({
  /** Password of `bindDn`, sealed; open it with `bindPasswordPlace(id)`. */
  bindPasswordEnvelope: z.string(),
});

/** Where the password of the LDAP account is stored; the seal is bound to it. */
export function bindPasswordPlace(environmentId: string) {
  return { table: 'environment.environments', row: environmentId, column: 'ldap_bind_password' };
}

export type LdapSettings = z.infer<typeof ldapSchema>;
export type LdapView = z.infer<typeof ldapViewSchema>;
