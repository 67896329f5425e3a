/** Defines CfgAccessGroup (type 21), a group of persons with the same rights. */
import { z } from 'zod';
import { CfgAccessGroupType, CfgObjectState } from './enumerations.ts';
import { keyValueListSchema } from './key-value-list.ts';
import { environmentTenantDbid } from './tenant.ts';

const dbid = z.int().nonnegative();

export const cfgAccessGroupSchema = z.looseObject({
  groupInfo: z.looseObject({
    DBID: dbid,
    tenantDBID: dbid,
    name: z.string(),
    state: z.int(),
    userProperties: keyValueListSchema.optional(),
  }),
  memberIDs: z.array(z.looseObject({ CSID: z.int().optional(), DBID: dbid, type: z.int() })).optional(),
  type: z.int(),
});

export type CfgAccessGroup = z.infer<typeof cfgAccessGroupSchema>;

/** The group of a directory that knows groups by their names alone. */
export function namedAccessGroup(name: string): CfgAccessGroup {
  return {
    groupInfo: { DBID: 0, tenantDBID: environmentTenantDbid, name, state: CfgObjectState.enabled },
    type: CfgAccessGroupType.users,
  };
}

/** `person_dbid` finds the access groups of a person, without their members. */
export interface AccessGroupFilter {
  dbid?: number;
  tenant_dbid?: number;
  person_dbid?: number;
  /** Of an LDAP directory: a person who has no number yet. */
  user_name?: string;
  state?: number;
  name?: string;
}
