/** Checks that an object can be kept, sent in one page, and read by every client. */

import { encodeCbor } from '@gatehouse/config-server-client/wire';
import {
  CfgObjectType,
  cfgAccessGroupSchema,
  cfgPersonSchema,
  cfgRoleSchema,
  cfgTenantSchema,
  keyValueListSchema,
} from '@gatehouse/people-directory';
import { z } from 'zod';
import { isKeptType } from './filters.ts';
import { RequestRefused } from './request-refused.ts';
import { groupTypes, type StoredObject } from './stored-object.ts';

/** The fields that every type has. */
const identitySchema = z.looseObject({
  DBID: z.int().positive(),
  tenantDBID: z.int().nonnegative().optional(),
  name: z.string().max(255).optional(),
  state: z.int(),
  userProperties: keyValueListSchema.optional(),
});
const groupSchema = z.looseObject({ groupInfo: identitySchema });

const schemas: Record<number, z.ZodType> = {
  [CfgObjectType.person]: z.intersection(identitySchema, cfgPersonSchema),
  [CfgObjectType.tenant]: z.intersection(identitySchema, cfgTenantSchema),
  [CfgObjectType.accessGroup]: z.intersection(groupSchema, cfgAccessGroupSchema),
  [CfgObjectType.role]: z.intersection(identitySchema, cfgRoleSchema),
};

/** Such an object and its page header fit into one page of 256 KiB. */
const maxBytes = 255 * 1024;
/** Below the 32 levels of a body: an object stands inside a page, a change and a list. */
const maxDepth = 24;

/** @throws RequestRefused Unsupported for a type that is not kept, MalformedBody naming the field */
export function checkForm(objectType: number, object: StoredObject): void {
  if (!isKeptType(objectType)) {
    throw new RequestRefused('Unsupported', `objects of type ${objectType} are not kept here`, {
      objectType,
    });
  }
  const schema = schemas[objectType] ?? (groupTypes.has(objectType) ? groupSchema : identitySchema);
  const [issue] = schema.safeParse(object).error?.issues ?? [];
  if (issue !== undefined) throw malformed(objectType, issue.path.join('.'), issue.message);
  if (depthOf(object) > maxDepth) throw malformed(objectType, '', `nested deeper than ${maxDepth} levels`);
  if (encodedBytes(objectType, object) > maxBytes)
    throw malformed(objectType, '', `longer than ${maxBytes} bytes`);
}

function encodedBytes(objectType: number, object: StoredObject): number {
  try {
    return encodeCbor(object).length;
  } catch (error) {
    throw malformed(objectType, '', (error as Error).message);
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  let depth = 0;
  for (const entry of Object.values(value)) depth = Math.max(depth, depthOf(entry));
  return depth + 1;
}

function malformed(objectType: number, field: string, what: string): RequestRefused {
  const named = field === '' ? {} : { objectProperty: field };
  return new RequestRefused('MalformedBody', `${field === '' ? 'the object' : field}: ${what}`, {
    objectType,
    ...named,
  });
}
