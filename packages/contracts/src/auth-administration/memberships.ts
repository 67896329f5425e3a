/** Describes the count of people who belong to no contact centre of their environment, or to several. */

import { z } from 'zod';
import { components } from '../answers/components.ts';

export const maxNamedPeople = 5;

export const countedSchema = z.object({
  count: z.int(),
  names: z.array(z.string()).describe('User names of the first of them, at most five.'),
});
components.add(countedSchema, { id: 'CountedPeople' });

export const membershipCountsSchema = z.object({
  environmentId: z.guid(),
  contactCenters: z
    .int()
    .describe(
      'Active ones of the environment. With fewer than two, no directory is asked, and nobody is counted.',
    ),
  people: z.int().describe('How many people were looked at. Disabled people do not count.'),
  inNone: countedSchema.describe('People who belong to none of the contact centres: they cannot sign in.'),
  inSeveral: countedSchema.describe('People who can sign in at more than one of the contact centres.'),
  isWhole: z
    .boolean()
    .describe('False: there are more people than were looked at, and the counts are the least that is true.'),
});
components.add(membershipCountsSchema, { id: 'MembershipCounts' });

export type MembershipCounts = z.infer<typeof membershipCountsSchema>;
