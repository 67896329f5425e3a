/** Describes `GET /environment/v3/overview`. */
import { z } from 'zod';
import { auditLagSchema, endingSchema, problemSchema } from '../answers/overview.ts';

const count = z.int();

export const environmentApiOverviewSchema = z.object({
  at: z.iso.datetime(),
  contactCenterId: z.string().optional().describe('Absent: the whole installation.'),
  problems: z.array(problemSchema).describe('The worst first.'),
  counts: z
    .object({
      environments: count.optional().describe('Absent for one contact centre.'),
      contactCenters: count,
      inactiveContactCenters: count.describe('Nobody can sign in to them.'),
      apiKeys: count.describe('Keys that are valid now.'),
    })
    .optional()
    .describe('Absent while PostgreSQL is away.'),
  endings: z.array(endingSchema).describe('What ends within 90 days, the earliest first, at most 20.'),
  auditLag: z.array(auditLagSchema).optional().describe('Absent for one contact centre.'),
});

export const environmentApiOverviewPath = '/environment/v3/overview';

export type EnvironmentApiOverview = z.infer<typeof environmentApiOverviewSchema>;
