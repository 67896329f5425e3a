/** What an object must look like so that it can be kept, sent in one page, and read by every client. */
import { cfgAccessGroupSchema } from '@gatehouse/config-server-client/model/access-group';
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import { keyValueListSchema } from '@gatehouse/config-server-client/model/key-value-list';
import { cfgPersonSchema } from '@gatehouse/config-server-client/model/person';
import { cfgRoleSchema } from '@gatehouse/config-server-client/model/role';
import { cfgTenantSchema } from '@gatehouse/config-server-client/model/tenant';
import { writeCbor } from '@gatehouse/config-server-client/wire/ocp/cbor-writer';
import { z } from 'zod';
import { defaultServerLimits } from '../server/limits.ts';
import { RequestRefused } from '../server/request-refused.ts';
import { isKeptType } from './filters.ts';
import { groupTypes, type StoredObject } from './stored-object.ts';

/** Those of other objects that every type has. */
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

/** Room for the rest of a page is left. */
const longestBytes = defaultServerLimits.pageBytes - 1_024;
/** Below the 32 of a body: an object stands inside a page, a change and a list. */
const deepest = 24;

/** Errors: Unsupported for a type that is not kept, MalformedBody naming the field. */
export function checkForm(objectType: number, object: StoredObject): void {
  if (!isKeptType(objectType)) {
    throw new RequestRefused('Unsupported', `objects of type ${objectType} are not kept here`, {
      objectType,
    });
  }
  const schema = schemas[objectType] ?? (groupTypes.has(objectType) ? groupSchema : identitySchema);
  const [issue] = schema.safeParse(object).error?.issues ?? [];
  if (issue !== undefined) throw malformed(objectType, issue.path.join('.'), issue.message);
  if (depthOf(object) > deepest) throw malformed(objectType, '', `nested deeper than ${deepest} levels`);
  if (encodedBytes(objectType, object) > longestBytes)
    throw malformed(objectType, '', `longer than ${longestBytes} bytes`);
}

function encodedBytes(objectType: number, object: StoredObject): number {
  try {
    return writeCbor(object).length;
  } catch (error) {
    throw malformed(objectType, '', (error as Error).message);
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  let deepestEntry = 0;
  for (const entry of Object.values(value)) deepestEntry = Math.max(deepestEntry, depthOf(entry));
  return deepestEntry + 1;
}

function malformed(objectType: number, field: string, what: string): RequestRefused {
  const named = field === '' ? {} : { objectProperty: field };
  return new RequestRefused('MalformedBody', `${field === '' ? 'the object' : field}: ${what}`, {
    objectType,
    ...named,
  });
}
