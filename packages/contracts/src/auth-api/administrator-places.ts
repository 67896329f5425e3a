/** Describes what Environment API asks before a contact centre changes who its people are: whether administrators are among them. */
import { z } from 'zod';
import { contactCenterRightNames } from '../values/contact-center-rights.ts';

/** `POST /auth/v3/internal/administrator-places`. `dbid`: of the person whose record is to change. */
export const administratorPlaceQuestionSchema = z.strictObject({
  contactCenterId: z.guid(),
  dbid: z.int().min(1).optional(),
});

export const administratorPlaceSchema = z.object({
  /** Whether a person on the list of installation administrators signs in there. */
  hasAdministrators: z.boolean(),
  /** Whether the person with the number is one. */
  isAdministrator: z.boolean(),
  /** Whether the contact centre has a list of its own. A replica of the release before does not say so, and knows none. */
  hasList: z.boolean().default(false),
  /** The rights that this list gives the person with the number. */
  rights: z.array(z.enum(contactCenterRightNames)).default([]),
  /** Groups of a people store that give a right at the console, wherever somebody is their member. */
  groups: z.array(z.string()).default([]),
});

export type AdministratorPlaceQuestion = z.infer<typeof administratorPlaceQuestionSchema>;
