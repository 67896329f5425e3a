/** Describes the installation administrators: people who administer everything, by their own login to the console. */
import { z } from 'zod';
import { wrapped } from '../../envelope.ts';
import { label } from '../../text.ts';
import { personFields } from './help-desk.ts';

export const administratorSchema = z.object({
  sub: z.string(),
  name: z.string().describe('As the person was named when added; nothing is decided by it.'),
  note: z.string().optional(),
  addedBy: z.string().describe('The operator account, or the `sub` of another installation administrator.'),
  addedAt: z.iso.datetime(),
});

/** Strict: a misspelt `contactCenter` would name another person. */
export const newAdministratorSchema = wrapped(
  z.strictObject({
    ...personFields,
    note: label(512).optional().describe('Why the person is on the list, such as the number of a ticket.'),
  }),
);

export type AdministratorView = z.infer<typeof administratorSchema>;
export type NewAdministrator = z.infer<typeof newAdministratorSchema>['data'];
