/** CfgAccessGroup (type 21): who is in which group of rights. */
import { z } from 'zod';
import { keyValueListSchema } from './key-value-list.ts';

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

/** `person_dbid` answers "which access groups is this user in?". */
export interface AccessGroupFilter {
  dbid?: number;
  tenant_dbid?: number;
  person_dbid?: number;
  state?: number;
  name?: string;
}
