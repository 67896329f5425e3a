/** The query and the answer of `/audit`. */

import { nextCursorSchema } from '@gatehouse/contracts/administration-calls';
import { auditEntrySchema } from '@gatehouse/contracts/environment-api/administration/audit';
import { environmentEntities } from '@gatehouse/contracts/environment-api/changes';
import { pageQuery } from '@gatehouse/service-kit/http/page';
import { z } from 'zod';
import { idSchema } from '../fields/id.ts';
import { label } from '../fields/text.ts';

export const auditQuery = z.object({
  ...pageQuery(100),
  entity: z.enum(environmentEntities).optional(),
  entityId: label()
    .optional()
    .describe('Id of the environment or contact centre, name of the setting, path of the location.'),
  contactCenterId: idSchema.optional(),
});

export const auditList = { data: z.array(auditEntrySchema), nextCursor: nextCursorSchema };
