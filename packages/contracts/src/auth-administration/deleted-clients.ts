/** Describes `/auth/v3/ops/deleted-clients`: clients that were deleted, are kept for some days, and can be restored. */
import { z } from 'zod';
import { components } from '../answers/components.ts';
import { nextCursorSchema, successStatus } from '../answers/envelope.ts';
import { client } from '../resources/client.ts';

export const deletedClientSchema = z.object({
  id: z.string().describe('Of what is kept; the client has its own.'),
  client_id: z.string(),
  name: z.string(),
  deletedAt: z.string().describe('ISO 8601, UTC.'),
  deletedBy: z.string().describe('The operator account, a client id, or the `sub` of a person.'),
  until: z.string().describe('ISO 8601, UTC. It cannot be restored afterwards.'),
  losesSecret: z.boolean().describe('Secrets are not kept: the restored client gets a new one.'),
});
components.add(deletedClientSchema, { id: 'DeletedClient' });

export const deletedClientListSchema = z.object({
  status: successStatus,
  data: z.array(deletedClientSchema),
  nextCursor: nextCursorSchema,
});

/** Without a client id it gets the one that it had. */
export const clientRestorationSchema = z.strictObject({
  client_id: client.fields.client_id,
});

export type DeletedClient = z.infer<typeof deletedClientSchema>;
export type ClientRestoration = z.input<typeof clientRestorationSchema>;
