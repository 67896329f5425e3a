/** Describes a receiver of shared signals: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { freeText, label } from '../text.ts';

/** Names of event types below `https://schemas.openid.net/secevent/caep/event-type/` (OpenID CAEP 1.0). */
export const signalEvents = ['session-revoked', 'credential-change'] as const;

const bearerToken = z
  .string()
  .regex(/^[\w.~+/-]{16,4096}=*$/, 'must be a bearer token: 16 to 4096 of A-Z a-z 0-9 - . _ ~ + / and =');
const events = z
  .array(z.enum(signalEvents))
  .min(1, 'must name at least one event')
  .max(signalEvents.length)
  .default([...signalEvents]);

export const signalReceiver = {
  name: 'signalReceiver',
  fields: {
    endpoint: field(freeText(2048), {
      label: 'Address',
      help: 'https address that takes security event tokens by POST (RFC 8935).',
      group: 'receiver',
      example: 'https://receiver.example.com/events',
      isColumn: true,
    }),
    audience: field(label(512), {
      label: 'Audience',
      help: '`aud` of the tokens.',
      group: 'receiver',
      isColumn: true,
    }),
    events: field(events, {
      label: 'Events',
      help: 'Which it is told; both without it.',
      group: 'events',
      isColumn: true,
    }),
    contactCenterIds: field(z.array(label(128)).max(10_000).default([]), {
      label: 'Contact centres',
      help: 'Of whose people it is told. Empty: all.',
      group: 'events',
      isColumn: true,
    }),
    bearerToken: field(bearerToken.optional(), {
      label: 'Bearer token',
      help: 'Sent as `Authorization: Bearer …`; no answer shows it.',
      group: 'receiver',
      isSecret: true,
      isClearable: true,
    }),
  },
};

export const newSignalReceiverSchema = z.strictObject(signalReceiver.fields);
export const signalReceiverChangeSchema = z.strictObject(changeShape(signalReceiver));

/** As it is sent. */
export type NewSignalReceiver = z.input<typeof newSignalReceiverSchema>;
