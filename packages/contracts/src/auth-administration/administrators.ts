/** Describes people with rights at the console: installation administrators, and the list of each contact centre. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { contactCenterRightNames } from '../values/contact-center-rights.ts';
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

export const appointeeSchema = z.object({
  sub: z.string(),
  name: z.string().describe('As the person was named when added; nothing is decided by it.'),
  rights: z.array(z.enum(contactCenterRightNames)),
  way: wayOfSignInSchema.describe('The way of sign-in that counts.'),
  note: z.string().optional(),
  addedBy: z.string().describe('The operator account, or the `sub` of another administrator.'),
  addedAt: z.iso.datetime(),
});
components.add(appointeeSchema, { id: 'Appointee' });

export const appointingSchema = z.object({
  administratorsAppoint: z
    .boolean()
    .describe(
      'Whether administrators of the contact centre change its list. Only those of the installation change this.',
    ),
});

export const appointmentsSchema = appointingSchema.extend({
  administrators: z.array(appointeeSchema).describe('In the order in which they were added.'),
});
components.add(appointmentsSchema, { id: 'ContactCenterAdministrators' });

export type AppointeeView = z.infer<typeof appointeeSchema>;
export type AppointmentsView = z.infer<typeof appointmentsSchema>;
