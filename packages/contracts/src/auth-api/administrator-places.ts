/** Describes what Environment API asks before a contact centre changes who its people are: whether administrators are among them. */
import { z } from 'zod';

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
});

export type AdministratorPlaceQuestion = z.infer<typeof administratorPlaceQuestionSchema>;
