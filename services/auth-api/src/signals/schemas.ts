/** Validates what administrators send about receivers of shared signals. */
import { signalEvents } from '@gatehouse/contracts/auth-api/administration/signal-receivers';
import { freeText, label } from '@gatehouse/contracts/text';
import { z } from 'zod';

const fields = {
  endpoint: freeText(2048).describe('https address that takes security event tokens by POST (RFC 8935)'),
  audience: label(512).describe('`aud` of the tokens'),
  events: z.array(z.enum(signalEvents)).min(1, 'must name at least one event').max(signalEvents.length),
  contactCenterIds: z.array(label(128)).max(10_000).describe('empty: all'),
  bearerToken: z
    .string()
    .regex(/^[\w.~+/-]{16,4096}=*$/, 'must be a bearer token: 16 to 4096 of A-Z a-z 0-9 - . _ ~ + / and =')
    .describe('sent as `Authorization: Bearer …`; no answer shows it'),
};

const createFields = z.strictObject({
  endpoint: fields.endpoint,
  audience: fields.audience,
  events: fields.events.default([...signalEvents]),
  contactCenterIds: fields.contactCenterIds.default([]),
  bearerToken: fields.bearerToken.optional(),
});
const updateFields = z.strictObject({
  ...z.object(fields).partial().shape,
  bearerToken: fields.bearerToken.nullish().describe('null: none any more'),
});

export const createReceiverSchema = z.object({ data: createFields });
export const updateReceiverSchema = z.object({ data: updateFields });
export const receiverParamsSchema = z.object({ id: z.guid().toLowerCase() });

export type NewReceiver = z.infer<typeof createFields>;
export type ReceiverPatch = z.infer<typeof updateFields>;
