/** Describes `/audit`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';

export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.string().describe('ISO 8601, UTC.'),
  actor: z.object({
    kind: z.string(),
    name: z.string().describe('The operator account, a client id, or the `sub` of a person.'),
    shownName: z.string().optional().describe('Of a SCIM key: as people call it.'),
    contactCenterId: z
      .string()
      .optional()
      .describe('Of a person: the contact centre that authenticated them.'),
    clientId: z.string().optional().describe('The client by whose token a person did it.'),
    linkRequest: z
      .string()
      .optional()
      .describe('Of the operator at the console: correlation id of the request that made the link.'),
  }),
  action: z.string(),
  entity: z.string(),
  entityId: z.string(),
  entityName: z.string().optional().describe('As people call it; absent where nothing has the name now.'),
  contactCenterId: z.string().optional(),
  contactCenterName: z.string().optional(),
  requestId: z.string(),
  clientAddress: z.string().optional().describe('Where the change came from.'),
  operationId: z.string().optional(),
  changes: z
    .record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown().optional() }))
    .describe(
      'Per field the value before and after; of a secret only that it changed. Of a setting per location.',
    ),
});
components.add(auditEntrySchema, { id: 'AuditEntry' });

export type AuditEntry = z.infer<typeof auditEntrySchema>;
