/** Describes security events as Auth API answers them. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { envelopeOf, successStatus } from '../answers/envelope.ts';

export const securityEventSchema = z.object({
  seq: z.int().describe('Order of arrival.'),
  id: z.string(),
  at: z.string().describe('ISO 8601, UTC.'),
  name: z.string(),
  outcome: z.string(),
  correlationId: z.string(),
  sub: z.string().optional(),
  clientId: z.string().optional(),
  contactCenterId: z.string().optional(),
  sid: z.string().optional(),
  clientAddress: z.string().optional(),
  fields: z.record(z.string(), z.unknown()),
});
components.add(securityEventSchema, { id: 'SecurityEvent' });

export type SecurityEvent = z.output<typeof securityEventSchema>;

const namedPersonSchema = z.object({
  sub: z.string(),
  userName: z.string(),
  contactCenterId: z.string().describe('Where they signed in last.'),
});
components.add(namedPersonSchema, { id: 'NamedPerson' });

export type NamedPerson = z.output<typeof namedPersonSchema>;

export const securityEventsAnswer = z.object({
  status: successStatus,
  data: z.array(securityEventSchema),
  people: z
    .array(namedPersonSchema)
    .default([])
    .describe('The names of people in the events, of those who have signed in.'),
  nextCursor: z
    .string()
    .optional()
    .describe('`before` of the next page, or `after` where that was asked for.'),
});

export const eraseAnswer = envelopeOf(z.object({ events: z.int(), copies: z.int() }));
