/** Defines CfgFolder (type 22), a place for objects in the tree of a tenant. */
import { z } from 'zod';

const dbid = z.int().nonnegative();

export const cfgFolderSchema = z.looseObject({
  DBID: dbid,
  name: z.string().max(255),
  /** The folder (22) or tenant (7) in which it is. */
  ownerID: z.looseObject({ DBID: dbid, type: z.int() }).optional(),
  state: z.int(),
});

export type CfgFolder = z.infer<typeof cfgFolderSchema>;

/** `person_dbid` finds the folder that holds a person; it is an extension of the open protocol. */
export interface FolderFilter {
  dbid?: number;
  tenant_dbid?: number;
  person_dbid?: number;
  state?: number;
  name?: string;
}
