/** Describes the bodies of SCIM for the OpenAPI document. The other attributes of a resource are in `schema.ts`. */
import { components } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import { errorUrn, messageUrn } from './errors.ts';
import { searchFields } from './listing.ts';
import { groupSchema, userSchema } from './schema.ts';

const urns = z.array(z.string());
const meta = z
  .looseObject({ resourceType: z.string(), location: z.string(), version: z.string().optional() })
  .optional();
const several = z
  .array(z.looseObject({ value: z.string().optional(), type: z.string().optional() }))
  .optional();
const activity = z.union([z.boolean(), z.string()]);

/** `requireSchema` looks at the schemas, and says which are right. */
function bodyOf<Fields extends z.ZodRawShape>(urn: string, fields: Fields) {
  const schemas = z
    .unknown()
    .optional()
    .meta({ type: 'array', items: { type: 'string' }, description: `A list with \`${urn}\`.` });
  return z.looseObject({ schemas, ...fields }).meta({ required: ['schemas'] });
}

export const userBody = bodyOf(userSchema.core.urn, {
  userName: z.string().optional().describe('Unique in any case. Needed.'),
  externalId: z.string().nullish().describe('The id that the program which sends it has.'),
  name: z.looseObject({}).nullish(),
  emails: z.unknown().optional(),
  active: activity.nullish().describe('`false`: does not sign in, and everything of the person ends.'),
  password: z.string().nullish().describe('12 to 128 characters. It is never given back.'),
});

export const groupBody = bodyOf(groupSchema.core.urn, {
  displayName: z.string().optional().describe('Unique in any case. Needed.'),
  externalId: z.string().nullish(),
  members: z.unknown().optional().describe('Values are ids of users.'),
});

export const patchBody = bodyOf(`${messageUrn}:PatchOp`, {
  Operations: z
    .array(
      z.looseObject({ op: z.string().optional(), path: z.string().nullish(), value: z.unknown().optional() }),
    )
    .optional()
    .describe('RFC 7644 section 3.5.2; at most 1,000.'),
});

export const searchBody = bodyOf(`${messageUrn}:SearchRequest`, searchFields);

export const bulkBody = bodyOf(`${messageUrn}:BulkRequest`, {
  failOnErrors: z
    .number()
    .nullish()
    .describe('Stop after so many failures. Without it every operation is tried.'),
  Operations: z.array(z.looseObject({})).optional().describe('RFC 7644 section 3.7; at most 1,000.'),
});

export const userDocument = z.looseObject({
  schemas: urns,
  id: z.string(),
  userName: z.string().optional(),
  active: z.boolean().optional(),
  emails: several,
  groups: several,
  meta,
});
components.add(userDocument, { id: 'ScimUser' });

export const groupDocument = z.looseObject({
  schemas: urns,
  id: z.string(),
  displayName: z.string().optional(),
  members: several,
  meta,
});
components.add(groupDocument, { id: 'ScimGroup' });

export function listOf(resource: z.ZodType) {
  return z.object({
    schemas: urns,
    totalResults: z.int(),
    startIndex: z.int(),
    itemsPerPage: z.int(),
    Resources: z.array(resource),
  });
}

export const bulkDocument = z.object({
  schemas: urns,
  Operations: z.array(
    z.object({
      method: z.string(),
      bulkId: z.string().optional(),
      location: z.string().optional(),
      version: z.string().optional(),
      status: z.string(),
      response: z.looseObject({}).optional(),
    }),
  ),
});

/** Of the documents that describe this service. */
export const descriptionDocument = z.looseObject({ schemas: urns });
components.add(descriptionDocument, { id: 'ScimDescription' });

const errorDocument = z.object({
  schemas: z.array(z.literal(errorUrn)),
  status: z.string(),
  scimType: z.string().optional(),
  detail: z.string(),
});
components.add(errorDocument, { id: 'ScimFailure' });

export const scimFailures = { default: errorDocument };
