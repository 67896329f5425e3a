/** Defines CfgTenant (type 7), a customer on the server. DBID 1 is the ENVIRONMENT tenant. */
import { z } from 'zod';
import { keyValueListSchema } from './key-value-list.ts';

export const environmentTenantDbid = 1;

const dbid = z.int().nonnegative();

export const cfgTenantSchema = z.looseObject({
  DBID: dbid,
  name: z.string(),
  isServiceProvider: z.int().optional(),
  parentTenantDBID: dbid.optional(),
  chargeableNumber: z.string().nullish(),
  state: z.int(),
  userProperties: keyValueListSchema.optional(),
});

export type CfgTenant = z.infer<typeof cfgTenantSchema>;

/** `all_tenants` (any number) lists every tenant, as an empty filter does. */
export interface TenantFilter {
  dbid?: number;
  name?: string;
  state?: number;
  all_tenants?: number;
}
