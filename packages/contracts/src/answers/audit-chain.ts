/** Describes the verification of an audit trail, the same at both APIs. */

import { z } from 'zod';
import { components } from './components.ts';
import { envelopeOf } from './envelope.ts';

const day = z.iso.date('must be a day such as 2027-01-31').optional();

export const auditDaysQuery = z.object({
  from: day.describe('First day, UTC; the oldest kept one when not given.'),
  to: day.describe('Last day, UTC; today when not given.'),
});

export const verifiedDaySchema = z.object({
  day: z.string().describe('UTC.'),
  events: z.int(),
  hash: z.string().describe('Hash of its last event: the fingerprint of the day.'),
  lastPosition: z.int().optional().describe('Place of its last event in the chain.'),
  copied: z
    .boolean()
    .optional()
    .describe('Elasticsearch has the same last event; absent where it was not asked.'),
  problems: z.array(z.string()).describe('Empty when the day is as it was written.'),
});
components.add(verifiedDaySchema, { id: 'VerifiedDay' });

export type VerifiedDay = z.output<typeof verifiedDaySchema>;

export const waitingDeletionSchema = z.object({
  name: z
    .string()
    .describe(
      '`audit`: events of the trail. `changes`: the change log. `revocations`: revocations that have expired.',
    ),
  from: z.iso.datetime().describe('The oldest row that would be deleted is of this time.'),
  to: z.iso.datetime().describe('Rows of before this time would be deleted.'),
});
components.add(waitingDeletionSchema, { id: 'WaitingDeletion' });

export type WaitingDeletion = z.output<typeof waitingDeletionSchema>;

export const retentionAnswer = envelopeOf(z.array(waitingDeletionSchema));

export const reshipAnswer = envelopeOf(z.object({ taken: z.int() }));

export const verifyAnswer = envelopeOf(z.array(verifiedDaySchema)).extend({
  waiting: z
    .int()
    // An API of the release before gives none.
    .default(0)
    .describe('Events of these days that have no place in the chain yet: they are not verified.'),
});

export interface VerifiedTrail {
  days: VerifiedDay[];
  waiting: number;
}
