/** Describes security events as Auth API answers them. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { envelopeOf, successStatus } from '../answers/envelope.ts';
import { environmentEntities } from '../environment-api/changes.ts';

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

type Action = 'create' | 'update' | 'delete';

/** The events that are changes of what Auth API keeps, by the kind of the changed thing. Environment API has a trail of changes alone. */
export const administeredEvents = {
  client: {
    client_created: 'create',
    client_updated: 'update',
    client_deleted: 'delete',
    client_restored: 'create',
    client_secret_rotated: 'update',
  },
  administrator: {
    administrator_added: 'create',
    administrator_removed: 'delete',
    appointee_added: 'create',
    appointee_removed: 'delete',
    appointing_changed: 'update',
  },
  'signing-key': {
    signing_key_created: 'create',
    signing_key_imported: 'create',
    signing_key_rotated: 'update',
    signing_key_retired: 'update',
    signing_key_removed: 'delete',
    sso_key_changed: 'update',
  },
  'signal-receiver': {
    signal_receiver_created: 'create',
    signal_receiver_updated: 'update',
    signal_receiver_deleted: 'delete',
  },
  'audit-trail': { retention_confirmed: 'delete', personal_data_erased: 'delete' },
} as const satisfies Record<string, Record<string, Action>>;

export type AdministeredEntity = keyof typeof administeredEvents;

/** The kinds of things whose changes are kept, in either trail. */
export const changedEntities = [
  ...environmentEntities,
  ...(Object.keys(administeredEvents) as AdministeredEntity[]),
] as const;

export const isAdministered = (entity: string): entity is AdministeredEntity =>
  Object.hasOwn(administeredEvents, entity);

/** The names of the events about a kind, as the search takes them. */
export const eventsAbout = (entity: AdministeredEntity): string =>
  Object.keys(administeredEvents[entity]).join();

export const eraseAnswer = envelopeOf(z.object({ events: z.int(), copies: z.int() }));
