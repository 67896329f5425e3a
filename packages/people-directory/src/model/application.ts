/** Defines CfgApplication (type 9), the object as which a program registers. */
import { z } from 'zod';

const dbid = z.int().nonnegative();

/** The attributes that this product reads of it: options may hold secrets of other programs. */
export const cfgApplicationSchema = z.object({ DBID: dbid, name: z.string() });

export type CfgApplication = z.infer<typeof cfgApplicationSchema>;

export interface ApplicationFilter {
  dbid?: number;
  tenant_dbid?: number;
  name?: string;
}
