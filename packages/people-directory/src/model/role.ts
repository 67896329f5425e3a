/** Defines CfgRole (type 43), rights of persons and access groups. */
import { z } from 'zod';
import { keyValueListSchema } from './key-value-list.ts';

const dbid = z.int().nonnegative();

export const cfgRoleSchema = z.looseObject({
  DBID: dbid,
  tenantDBID: dbid,
  name: z.string(),
  state: z.int(),
  /** Persons (3) and access groups (21). */
  members: z.array(z.looseObject({ objectDBID: dbid, objectType: z.int() })).optional(),
  userProperties: keyValueListSchema.optional(),
});

export type CfgRole = z.infer<typeof cfgRoleSchema>;

export interface RoleFilter {
  dbid?: number;
  tenant_dbid?: number;
  state?: number;
  name?: string;
}
