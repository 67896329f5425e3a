/** Describes a sign-in that waits for its second factor for Auth UI: what the person can do next, and nothing that a browser could misuse. */
import { z } from 'zod';
import { ownFactors } from '../environment-api/second-factor.ts';
import { assuranceLevels } from '../values/assurance.ts';

/** Header that carries the value of the cookie of the sign-in that waits on the internal call. */
export const secondStepHeader = 'x-gatehouse-second-step';

/** Where the browser sends what the person gives: a form, or JSON. `form` fields beside these: `csrf`. */
export const secondStepPaths = {
  /** `kind`, `code`, `rememberDevice`. */
  code: '/auth/v3/second-step/code',
  /** By script: the options of WebAuthn for `passkey`. */
  passkeyOptions: '/auth/v3/second-step/passkey/options',
  /** `answer`, `rememberDevice`. */
  passkey: '/auth/v3/second-step/passkey',
  /** `code`: of the administrator. */
  invitation: '/auth/v3/second-step/invitation',
  /** Makes the secret that the view then has in `totp`. */
  totp: '/auth/v3/second-step/totp',
  /** `id`, `code`, `name`. */
  totpConfirm: '/auth/v3/second-step/totp/confirm',
  newPasskeyOptions: '/auth/v3/second-step/new-passkey/options',
  /** `answer`, `name`. */
  newPasskey: '/auth/v3/second-step/new-passkey',
  /** Only where the view has `enrolment.daysLeft`. */
  later: '/auth/v3/second-step/later',
  /** After the recovery codes were shown. */
  done: '/auth/v3/second-step/done',
  cancel: '/auth/v3/second-step/cancel',
} as const;

/** Why the last answer was not taken. The names that begin with `passkey` are those of the refusals of passkeys. */
export const secondStepFailures = [
  'wrong',
  'throttled',
  'totp_blocked',
  'unavailable',
  'form_expired',
  'set_up_expired',
  'factor_known',
  'read_only_region',
  'passkeys_off',
  'passkey_expired',
  'passkey_invalid',
  'passkey_foreign_page',
  'passkey_unknown',
  'passkey_known',
  'passkey_of_another_person',
  'passkey_of_another_contact_center',
  'passkey_not_verified',
  'passkey_synced',
  'passkey_not_attested',
  'passkey_model_refused',
  'passkey_cloned',
  'too_many_passkeys',
] as const;

export const secondStepFailureSchema = z.enum(secondStepFailures);

export const secondStepViewSchema = z.object({
  /**
   * `verify`: a factor of the person is asked for. `enrol`: the person may add one. `codes`: recovery codes are shown, once. `blocked`: the
   * person has no factor and may add none, until an administrator gives an invitation.
   */
  state: z.enum(['verify', 'enrol', 'codes', 'blocked']),
  /** Of the authorization request that goes on afterwards; absent for a sign-in without an application. */
  interaction: z.string().optional(),
  userName: z.string(),
  contactCenterName: z.string(),
  /** The level that the sign-in needs. */
  need: z.enum(assuranceLevels),
  /** With `verify`: what the person has and may give. */
  factors: z.object({ passkey: z.boolean(), totp: z.boolean(), recoveryCode: z.boolean() }),
  /** With `enrol`: what the person may add. */
  allowedFactors: z.array(z.enum(ownFactors)),
  /** With `enrol`: why the person may. `daysLeft`: the person may go on without a factor, as many days yet. */
  enrolment: z
    .object({
      by: z.enum(['grace', 'invitation', 'provider', 'strongestSignIn']),
      daysLeft: z.int().positive().optional(),
    })
    .optional(),
  /** With `enrol`, once the person chose an app for codes. `uri`: of the picture that the app scans. */
  totp: z.object({ id: z.string(), secret: z.string(), uri: z.string() }).optional(),
  /** With `codes`. */
  recoveryCodes: z.array(z.string()).optional(),
  /** How long this device may be remembered; 0: it is not offered. */
  rememberDays: z.int().nonnegative(),
  /** Goes into the hidden field `csrf` of each form. */
  csrf: z.string(),
  failure: secondStepFailureSchema.optional(),
  /** With `throttled`: when another attempt makes sense. */
  retryAfterSeconds: z.int().nonnegative().optional(),
  /** Request id of the last attempt, shown so that support can find it in the log. */
  correlationId: z.string().optional(),
  /** ISO 8601, UTC. */
  expiresAt: z.iso.datetime(),
});

export type SecondStepFailure = z.infer<typeof secondStepFailureSchema>;
export type SecondStepView = z.infer<typeof secondStepViewSchema>;
