/** Describes where an environment keeps its people: Configuration Servers, an LDAP directory (RFC 4511), or Environment API. */

import { z } from 'zod';
import { components } from '../answers/components.ts';

/**
 * `configServer`: Configuration Servers, with their own numbers of people. `ldap`: an LDAP directory. `people`: the store of
 * Environment API, filled by SCIM or from a file.
 */
export const directories = ['configServer', 'ldap', 'people'] as const;

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

export type Directory = z.infer<typeof directorySchema>;
export type LdapSettings = z.infer<typeof ldapSchema>;
export type LdapView = z.infer<typeof ldapViewSchema>;
