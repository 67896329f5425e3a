/** Defines CfgPerson (type 3), the fields of a user. A server never sends passwords. */
import { z } from 'zod';
import { keyValueListSchema } from './key-value-list.ts';

const dbid = z.int().nonnegative();
/** Tokens and sessions carry these texts. */
const maxText = 1_024;
const optionalText = z.string().max(maxText).nullish();

const appRankSchema = z.looseObject({ appType: z.int(), appRank: z.int() });

const agentInfoSchema = z.looseObject({
  placeDBID: dbid.optional(),
  skillLevels: z.array(z.looseObject({ skillDBID: dbid, level: z.int() })).optional(),
  agentLogins: z.array(z.looseObject({ agentLoginDBID: dbid, wrapupTime: z.int() })).optional(),
  capacityRuleDBID: dbid.optional(),
  siteDBID: dbid.optional(),
  contractDBID: dbid.optional(),
});

/** Unknown fields are kept: a newer server may add some. `PasswordUpdatingDate` is Unix seconds, 0 = never. */
export const cfgPersonSchema = z.looseObject({
  DBID: dbid,
  tenantDBID: dbid,
  userName: z.string().max(maxText),
  lastName: optionalText,
  firstName: optionalText,
  employeeID: optionalText,
  emailAddress: optionalText,
  externalID: optionalText,
  isAgent: z.int(),
  isExternalAuth: z.int().optional(),
  changePasswordOnNextLogin: z.int().optional(),
  passwordHashAlgorithm: z.int().optional(),
  PasswordUpdatingDate: z.int().nonnegative().optional(),
  state: z.int(),
  /** Of the people store: whether the person has a password. */
  hasPassword: z.boolean().optional(),
  /** Of the people store: until when a link for the first password works (ISO 8601). */
  passwordLinkEndsAt: z.string().optional(),
  /** Of the people store: the issuers of the links to identity providers. */
  linkIssuers: z.array(z.string()).optional(),
  /** Of an LDAP directory: the name of the entry. */
  dn: z.string().optional(),
  /** Of an LDAP directory: the further user name by which somebody asked for the person. */
  otherUserName: z.string().max(maxText).optional(),
  appRanks: z.array(appRankSchema).optional(),
  agentInfo: agentInfoSchema.nullish(),
  userProperties: keyValueListSchema.optional(),
});

export type CfgPerson = z.infer<typeof cfgPersonSchema>;

/**
 * The terms of a person filter; all must match. Spelled as in the object model, except `email_address`,
 * `external_id`, `name_prefix` and `after_user_name`, which are extensions of the open protocol.
 */
export interface PersonFilter {
  dbid?: number;
  tenant_dbid?: number;
  user_name?: string;
  employee_id?: string;
  first_name?: string;
  last_name?: string;
  is_agent?: number;
  state?: number;
  skill_dbid?: number;
  group_dbid?: number;
  login_dbid?: number;
  email_address?: string;
  external_id?: string;
  name_prefix?: string;
  after_user_name?: string;
}
