/** Describes why a person cannot sign in: the causes with their verdicts, the state in a list, and the explanation. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { findingSchema } from '../answers/diagnosis.ts';
import { directories } from '../environment-api/directory.ts';
import { personSchema, refusalSchema } from './help-desk.ts';

/**
 * The causes that refuse a sign-in or restrict it, each with its verdict. Where several hold, the first with the
 * gravest verdict is the reason, in the order of the findings.
 */
export const signInCauses = {
  contact_center_disabled: 'refused',
  environment_missing: 'refused',
  no_servers: 'refused',
  person_unknown: 'refused',
  person_disabled: 'refused',
  no_password: 'refused',
  password_link_open: 'refused',
  not_linked: 'refused',
  second_factor_missing: 'refused',
  second_factor_impossible: 'refused',
  delayed: 'refused',
  request_refused: 'refused',
  directory_away: 'unknown',
  directory_locked: 'unknown',
  account_expired: 'unknown',
  password_expired: 'unknown',
  too_many_sessions: 'unknown',
  provider_refused: 'unknown',
  password_must_change: 'restricted',
  delayed_elsewhere: 'restricted',
  delayed_address: 'restricted',
  single_sign_on_only: 'restricted',
  consent_refused: 'restricted',
  authorization_refused: 'restricted',
  tenant_unknown: 'restricted',
} as const satisfies Record<string, SignInVerdict>;

export type SignInVerdict = 'allowed' | 'restricted' | 'unknown' | 'refused';
export type SignInCause = keyof typeof signInCauses;

/** The sentence that says a cause and what to do about it; without a cause, the one that says the verdict. */
export function headlineOf({
  verdict,
  reason,
}: {
  verdict: SignInVerdict;
  reason?: SignInCause | undefined;
}) {
  if (reason !== undefined) return `signIn.cause.${reason}` as const;
  return verdict === 'allowed' ? 'signIn.verdict.allowed' : 'signIn.verdict.unknown';
}

const reasonOfSignIn = z.enum(Object.keys(signInCauses) as [SignInCause, ...SignInCause[]]);

/** The state of a person in a list, which asks nobody about each of them. */
export const signInStateSchema = z
  .object({
    verdict: z.enum(['allowed', 'restricted', 'unknown', 'refused']),
    reason: reasonOfSignIn.optional(),
  })
  .describe(
    'As `GET /people/explanation` has them, from what a list knows: not the last attempts, not delays of an address, not the groups of single sign-on.',
  );

export const signInExplanationSchema = z.object({
  user: personSchema.omit({ sub: true }).required(),
  ok: z.boolean().describe('The verdict is `allowed` or `restricted`.'),
  verdict: z
    .enum(['allowed', 'restricted', 'unknown', 'refused'])
    // Auth API of the release before gives none.
    .default('unknown')
    .describe(
      '`restricted`: the person signs in, but not everywhere or not at once. `unknown`: a step could not be looked at, or only the directory knows whether a refusal still holds. `refused`: every sign-in is refused, or the request that was asked for was, or the application that was asked for lets the person in by none.',
    ),
  reason: reasonOfSignIn
    .optional()
    .describe('The cause that decides; findings name theirs as well. Absent where nothing was found.'),
  message: z
    .string()
    // Auth API of the release before gives none.
    .optional()
    .describe('The cause and what to do about it, or the verdict where there is no cause.'),
  source: z
    .enum(directories)
    .optional()
    .describe('Where the people of the contact centre are. Absent where its environment cannot be read.'),
  findings: z.array(findingSchema),
  refusals: z.array(refusalSchema).describe('The last ones of the audit trail, newest first.'),
});
components.add(signInExplanationSchema, { id: 'SignInExplanation' });

export type SignInState = z.infer<typeof signInStateSchema>;
export type SignInExplanation = z.infer<typeof signInExplanationSchema>;
