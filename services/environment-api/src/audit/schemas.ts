/** The query and the answer of `/audit`. */

import { nextCursorSchema } from '@gatehouse/contracts/environment-api/administration/calls';
import { environmentEntities } from '@gatehouse/contracts/environment-api/changes';
import { z } from 'zod';
import { idSchema } from '../fields/id.ts';
import { label } from '../fields/text.ts';
import { pageQuery } from '../paging/page.ts';

export const auditQuery = z.object({
  ...pageQuery(100),
  entity: z.enum(environmentEntities).optional(),
  entityId: label()
    .optional()
    .describe('Id of the environment or contact centre, name of the setting, path of the location.'),
  contactCenterId: idSchema.optional(),
});

export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.string().describe('ISO 8601, UTC.'),
  actor: z.object({ kind: z.string(), name: z.string() }),
  action: z.string(),
  entity: z.string(),
  entityId: z.string(),
  contactCenterId: z.string().optional(),
  requestId: z.string(),
  operationId: z.string().optional(),
  changes: z
    .record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown().optional() }))
    .describe(
      'Per field the value before and after; of a secret only that it changed. Of a setting per location.',
    ),
});

export const auditList = { data: z.array(auditEntrySchema), nextCursor: nextCursorSchema };
