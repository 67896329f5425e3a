/** The query and the answer of `/audit`. */

import { auditEntrySchema } from '@gatehouse/contracts/environment-api/administration/audit';
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

export const auditList = { data: z.array(auditEntrySchema), nextCursor: nextCursorSchema };
