/** Describes `GET /environment/v3/managed`: which owners of documents keep a thing, and which of its fields. */
import { z } from 'zod';
import { components } from '../answers/components.ts';
import { label } from '../values/text.ts';
import { documentKindNames } from './kinds.ts';

export const managedQuerySchema = z.object({
  kind: z.enum(documentKindNames),
  id: z.guid().optional().describe('Of an environment.'),
  contactCenterId: z
    .guid()
    .optional()
    .describe('The contact centre, or the one that the thing belongs to. Absent: what all share.'),
  name: label(2048)
    .optional()
    .describe(
      'As `metadata.name` of a document; of an administrator the `sub`. Absent: all things of the kind there.',
    ),
  location: label(256).optional(),
});
export type ManagedQuery = z.output<typeof managedQuerySchema>;

const keeperSchema = z.object({
  owner: z.string(),
  revision: z.string().optional().describe('Of the documents that it applied last.'),
  isMaker: z.boolean().describe('It has made the thing, and deletes it when no document names it any more.'),
  fields: z.array(z.string()).describe('What it has set, as the API of the thing names it.'),
});

const managedThingSchema = z.object({
  name: z.string().optional().describe('Absent of an environment and of a contact centre.'),
  location: z.string().optional(),
  owners: z.array(keeperSchema),
});
components.add(managedThingSchema, { id: 'ManagedThing' });

export const managedSchema = z.object({
  things: z.array(managedThingSchema).describe('Without those that no document keeps.'),
});
export type ManagedThing = z.output<typeof managedThingSchema>;
