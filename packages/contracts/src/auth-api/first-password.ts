/** Describes the first password of a person of the people store: the link's page, its form, and what Auth UI asks. */
import { z } from 'zod';
import { label } from '../values/text.ts';

/**
 * `POST /auth/v3/first-password`, `application/x-www-form-urlencoded`. Answers 302 to `/auth/first-password?result=done`, or
 * with `error` and the code to the page again.
 */
export const firstPasswordFields = {
  code: 'code',
  newPassword: 'newPassword',
  newPasswordAgain: 'newPasswordAgain',
} as const;

/** Why the last attempt failed. `link_over`: the link is unknown, used or too old, or the person is not active any more. */
export const firstPasswordErrors = [
  'link_over',
  'password_policy',
  'passwords_differ',
  'password_change_unavailable',
  'throttled',
  'try_again',
] as const;

/** `POST /auth/v3/internal/first-password`: whose link it is. 404 for one that is over. */
export const firstPasswordCodeSchema = z.object({ code: label(128) });

export const firstPasswordViewSchema = z.object({
  userName: z.string(),
  /** The person types it beside the name at a sign-in. Absent while the contact centre cannot be read. */
  tenant: z.string().optional(),
});

export type FirstPasswordError = (typeof firstPasswordErrors)[number];
export type FirstPasswordView = z.infer<typeof firstPasswordViewSchema>;
