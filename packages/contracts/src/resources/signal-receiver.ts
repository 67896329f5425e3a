/** Describes a receiver of shared signals: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { contactCenterIdSchema } from '../values/scalar.ts';
import { freeText, label } from '../values/text.ts';

/** Names of event types below `https://schemas.openid.net/secevent/caep/event-type/` (OpenID CAEP 1.0). */
export const signalEvents = ['session-revoked', 'credential-change'] as const;

const bearerToken = z
  .string()
  .regex(/^[\w.~+/-]{16,4096}=*$/, 'must be a bearer token: 16 to 4096 of A-Z a-z 0-9 - . _ ~ + / and =');
/** Whether it may be called is for the service to say. */
const endpoint = freeText(2048).refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
  error: 'must be an https address, such as https://receiver.example.com/events',
  params: { reason: 'no_address' },
});
const events = z
  .array(z.enum(signalEvents))
  .min(1, 'must name at least one event')
  .max(signalEvents.length)
  .default([...signalEvents]);

export const signalReceiver = {
  name: 'signalReceiver',
  fields: {
    endpoint: field(endpoint, {
      label: 'Address',
      help: 'The https address that takes security event tokens by POST (RFC 8935).',
      group: 'receiver',
      example: 'https://receiver.example.com/events',
      isColumn: true,
    }),
    audience: field(label(512), {
      label: 'Audience',
      help: 'Stands in the tokens as `aud`. The receiver says what it expects.',
      group: 'receiver',
      isColumn: true,
    }),
    events: field(events, {
      label: 'Events',
      help: 'What the receiver is told about.',
      group: 'events',
      isColumn: true,
    }),
    contactCenterIds: field(z.array(contactCenterIdSchema).max(10_000).default([]), {
      label: 'Contact centres',
      help: 'The receiver is told about the people of these contact centres. Without a choice it is told about everybody.',
      reference: 'contactCenter',
      group: 'events',
      isColumn: true,
    }),
    bearerToken: field(bearerToken.optional(), {
      label: 'Bearer token',
      help: 'Sent to the receiver as `Authorization: Bearer …`. It belongs to the address: another address needs it again.',
      group: 'receiver',
      isSecret: true,
      isClearable: true,
    }),
  },
};

export const newSignalReceiverSchema = z.strictObject(signalReceiver.fields);
export const signalReceiverChangeSchema = z.strictObject(changeShape(signalReceiver));

/** As they are sent. */
export type NewSignalReceiver = z.input<typeof newSignalReceiverSchema>;
export type SignalReceiverChange = z.input<typeof signalReceiverChangeSchema>;
