/** Describes the installation administrators: people who administer everything, by their own login to the console. */

import { z } from 'zod';
import { components } from '../../components.ts';
import { wrapped } from '../../envelope.ts';
import { label } from '../../text.ts';
import { passwordWay, wayOfSignInSchema } from '../way-of-sign-in.ts';
import { personFields } from './help-desk.ts';

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

/** Strict: a misspelt `contactCenter` would name another person. */
export const newAdministratorSchema = wrapped(
  z.strictObject({
    user: personFields.user,
    contactCenter: label(512)
      .optional()
      .describe(
        'Id or domain of the contact centre where the person signs in. Needed with a `sub`; with a user name, the default tenant without it.',
      ),
    way: wayOfSignInSchema.default(passwordWay),
    note: label(512).optional().describe('Why the person is on the list, such as the number of a ticket.'),
  }),
);

export type AdministratorView = z.infer<typeof administratorSchema>;
export type NewAdministrator = z.input<typeof newAdministratorSchema>['data'];
