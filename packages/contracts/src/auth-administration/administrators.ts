/** Describes the installation administrators: people who administer everything, by their own login to the console. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { wayOfSignInSchema } from '../values/way-of-sign-in.ts';

export const administratorSchema = z.object({
  sub: z.string(),
  name: z.string().describe('As the person was named when added; nothing is decided by it.'),
  contactCenterId: z
    .string()
    .optional()
    .describe(
      'Where the person must have signed in. Absent: the entry gives no right until it is added again.',
    ),
  way: wayOfSignInSchema
    .optional()
    .describe('The way of sign-in that counts. Absent: the entry gives no right until it is added again.'),
  note: z.string().optional(),
  addedBy: z.string().describe('The operator account, or the `sub` of another installation administrator.'),
  addedAt: z.iso.datetime(),
});
components.add(administratorSchema, { id: 'Administrator' });

export type AdministratorView = z.infer<typeof administratorSchema>;
