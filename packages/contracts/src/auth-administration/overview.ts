/** Describes `GET /auth/v3/ops/overview`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { auditLagSchema, endingSchema, problemSchema, windows } from '../answers/overview.ts';

const count = z.int();
const latency = z
  .number()
  .optional()
  .describe('Milliseconds, estimated within classes that double. Absent where nobody signed in.');

const activity = {
  succeeded: count.describe('Sign-ins by password or through an identity provider.'),
  failed: count.describe('Sign-ins that were refused or could not be done.'),
  p50Ms: latency,
  p95Ms: latency,
  tokensIssued: count
    .optional()
    .describe('Answers of the token endpoint with tokens. Absent for one contact centre.'),
  tokensRefused: count.optional().describe('Refused token requests. Absent for one contact centre.'),
};

export const signInActivitySchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime().describe('End of the last step, which is not over.'),
  stepSeconds: z.int(),
  steps: z.array(z.object({ at: z.iso.datetime().describe('Its start.'), ...activity })),
  total: z.object(activity),
  failures: z
    .array(z.object({ reason: z.string().describe('Reason code of the answer.'), count }))
    .describe('The most frequent first.'),
});
components.add(signInActivitySchema, { id: 'SignInActivity' });

export const linkSchema = z.object({
  environmentId: z.string(),
  environmentName: z
    .string()
    .optional()
    .describe('As people call it. Absent for contact-centre administrators.'),
  state: z.enum(['connecting', 'down']),
  reason: z.string().optional().describe('Absent for contact-centre administrators.'),
});

export const authApiOverviewSchema = z.object({
  at: z.iso.datetime(),
  location: z.string().describe('Region whose Redis holds the counts.'),
  contactCenterId: z.string().optional().describe('Absent: the whole installation.'),
  problems: z.array(problemSchema).describe('The worst first.'),
  signIns: signInActivitySchema.optional().describe('Absent while Redis is away.'),
  links: z
    .object({
      open: count,
      down: count,
      connecting: count,
      notOpen: z.array(linkSchema).describe('At most 20.'),
    })
    .describe('Links of this replica to the directories of the environments whose people sign in.'),
  endings: z.array(endingSchema).describe('What ends within 90 days, the earliest first, at most 20.'),
  auditLag: z.array(auditLagSchema).optional().describe('Absent for one contact centre.'),
  clients: count.optional().describe('Registered clients. Absent for one contact centre.'),
});

export const authApiOverviewQuery = z.strictObject({
  window: z.enum(windows).default('1h'),
  step: z.coerce
    .number()
    .int()
    .refine((minutes) => [1, 2, 5, 10, 20, 30, 60].includes(minutes), {
      message: 'must be 1, 2, 5, 10, 20, 30 or 60 minutes',
    })
    .optional()
    .describe(
      'Minutes: 1, 2, 5, 10, 20, 30 or 60. Raised to what the window and the counts allow: at most 300 steps, for a contact centre 10 minutes and more.',
    ),
  contactCenterId: z
    .guid()
    .optional()
    .describe('Only this one; a contact-centre administrator sees their own.'),
});

export const authApiOverviewPath = '/auth/v3/ops/overview';

export type AuthApiOverview = z.infer<typeof authApiOverviewSchema>;
export type SignInActivity = z.infer<typeof signInActivitySchema>;
