/** Describes refused requests to the OAuth endpoints as Auth API answers them. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { successStatus } from '../answers/envelope.ts';

const refusedRequestSchema = z.object({
  at: z.iso.datetime(),
  endpoint: z.string().describe('Such as `token`, `authorize` or `par`.'),
  error: z.string().describe('The OAuth error, or the name of an error that is none of OAuth.'),
  reason: z
    .string()
    .describe('The cause, such as `redirect_uri_not_registered`; the OAuth error where no cause is named.'),
  detail: z.string().describe('The cause in a sentence. It may say more than the caller was told.'),
  sent: z
    .record(z.string(), z.string())
    .describe('Parameters of the request. `…` stands for a value that is not kept, or for its end.'),
  registered: z
    .record(z.string(), z.string())
    .describe('Fields of the client that the request did not comply with.'),
  correlationId: z.string(),
  clientId: z.string().optional().describe('Absent: the client is not registered.'),
  contactCenterId: z.string().optional(),
  clientAddress: z.string(),
});
components.add(refusedRequestSchema, { id: 'RefusedRequest' });

export const refusedRequestsAnswer = z.object({
  status: successStatus,
  data: z.array(refusedRequestSchema),
  nextCursor: z.string().optional().describe('`before` of the next page; absent on the last one.'),
});

/** Of one client. */
export const refusalsByReasonSchema = z.object({
  reason: z.string(),
  count: z.int().describe('In seven days.'),
  lastAt: z.iso.datetime(),
  examples: z.array(refusedRequestSchema).describe('The newest ones.'),
});
components.add(refusalsByReasonSchema, { id: 'RefusalsByReason' });

export type RefusedRequest = z.infer<typeof refusedRequestSchema>;
