/** The query and the answer of `/audit`. */

import { nextCursorSchema } from '@gatehouse/contracts/administration-calls';
import { auditEntrySchema } from '@gatehouse/contracts/environment-api/administration/audit';
import { environmentEntities } from '@gatehouse/contracts/environment-api/changes';
import { pageQuery } from '@gatehouse/service-kit/http/page';
import { z } from 'zod';
import { idSchema } from '../fields/id.ts';
import { label } from '../fields/text.ts';

const time = z.iso
  .datetime({ offset: true, message: 'must be a time such as 2027-01-31T12:00:00Z' })
  .transform(Date.parse)
  .optional();

export const auditQuery = z.object({
  ...pageQuery(100),
  entity: z.enum(environmentEntities).optional(),
  entityId: label()
    .optional()
    .describe('Id of the environment or contact centre, name of the setting, path of the location.'),
  contactCenterId: idSchema.optional(),
  actor: label().optional().describe('Who changed it, in any case: the operator account or a client id.'),
  requestId: label().optional().describe('The correlation id of the request.'),
  from: time.describe('Not before this time.'),
  to: time.describe('Before this time.'),
});

export const auditList = { data: z.array(auditEntrySchema), nextCursor: nextCursorSchema };
