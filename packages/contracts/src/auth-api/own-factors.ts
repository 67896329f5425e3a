/** Describes a user's own second factors, for the account area and for programs. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { envelopeOf } from '../answers/envelope.ts';
import { ownFactors } from '../environment-api/second-factor.ts';
import { assuranceLevels } from '../values/assurance.ts';
import { nameProblem } from '../values/text.ts';

export const ownFactorsPath = '/auth/v3/factors';

/** How the user calls a factor. */
export const factorNameSchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(64, 'is longer than 64 characters')
  .superRefine((name, context) => {
    const problem = name.isWellFormed() ? nameProblem(name) : 'must not hold half a Unicode character';
    if (name !== '' && problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const factor = {
  id: z.string(),
  name: z.string(),
  madeAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().optional().describe('Absent: not since it was made.'),
};

export const ownPasskeySchema = z.object({
  ...factor,
  model: z.string().describe('AAGUID of the authenticator; zeros where it does not say.'),
  synced: z.boolean().describe('Its maker has copied it to other devices of the user.'),
  mayBeSynced: z.boolean(),
  copied: z.boolean().describe('Its counter went back: somebody else may have a copy.'),
});
components.add(ownPasskeySchema, { id: 'OwnPasskey' });

export const ownAppSchema = z.object(factor);
components.add(ownAppSchema, { id: 'OwnApp' });

export const rememberedDeviceSchema = z.object({
  id: z.uuid(),
  grantedAt: z.iso.datetime().describe('When the person gave a second factor in this browser.'),
  endsAt: z.iso.datetime(),
  userAgent: z.string(),
});
components.add(rememberedDeviceSchema, { id: 'RememberedDevice' });

/** As the history of a person has them. `all`: by a reset. `any`: of an invitation. */
export const factorChanges = ['added', 'removed', 'used', 'reset', 'invited', 'invitation used'] as const;
export const changedFactors = [...ownFactors, 'recoveryCodes', 'all', 'any'] as const;

export const ownFactorChangeSchema = z.object({
  at: z.iso.datetime(),
  change: z.enum(factorChanges),
  factor: z.enum(changedFactors),
  name: z.string().optional().describe('As the user called the factor.'),
  own: z.boolean().describe('The user did it; false: an administrator, or the service.'),
});
components.add(ownFactorChangeSchema, { id: 'OwnFactorChange' });

export const ownFactorsSchema = z.object({
  passkeys: z.array(ownPasskeySchema),
  apps: z.array(ownAppSchema).describe('Apps that show one-time codes.'),
  acceptedPasskeys: z
    .object({
      rpId: z.string(),
      userId: z.string().describe('The user handle, in base64url.'),
      userName: z.string().describe('As new passkeys are named.'),
      ids: z.array(z.string()),
    })
    .optional()
    .describe(
      'For the browser of the user, whose password manager may forget all other passkeys of the user (WebAuthn level 3, signalAllAcceptedCredentials). Absent: nobody made one, or it is not sure.',
    ),
  recoveryCodes: z.int().describe('How many are left.'),
  devices: z.array(rememberedDeviceSchema).describe('Browsers that are not asked for a second factor.'),
  history: z.array(ownFactorChangeSchema).describe('The last changes, the newest first.'),
  addable: z
    .array(z.enum(ownFactors))
    .describe(
      'What the user may add here. Empty: nothing, or not without an invitation of an administrator.',
    ),
  required: z.boolean().describe('The contact centre requires a second factor: the last one stays.'),
  invitationNeeded: z.boolean().describe('The user may add the first factor at a sign-in alone.'),
  daysLeft: z
    .int()
    .optional()
    .describe('The user has no factor yet, and can sign in without one for as many days.'),
  newFactorAdvised: z
    .boolean()
    .describe('The user signed in with a recovery code, and has added no factor since.'),
  stepUp: z
    .object({ level: z.enum(assuranceLevels), maxAgeSeconds: z.int(), met: z.boolean() })
    .describe('What a change needs: the strongest sign-in that the user has, at most so old.'),
});

export const ownFactorsAnswer = envelopeOf(ownFactorsSchema);

export const newFactorSchema = z.object({ name: factorNameSchema });

export const startedAppSchema = z.object({
  id: z.string(),
  secret: z.string().describe('In base32, to be typed into an app.'),
  uri: z.string().describe('Of the picture that an app scans.'),
});
components.add(startedAppSchema, { id: 'StartedApp' });

/** As the library of the browser takes it: it is not read here. */
export const passkeyOptionsSchema = z.looseObject({ challenge: z.string() });

export const recoveryCodesSchema = z.object({
  codes: z.array(z.string()).describe('Each works once. Nobody can show them again.'),
});
components.add(recoveryCodesSchema, { id: 'RecoveryCodes' });

export const addedFactorSchema = z.object({
  recoveryCodes: recoveryCodesSchema.shape.codes
    .optional()
    .describe('For somebody who had none. Each works once. Nobody can show them again.'),
});
components.add(addedFactorSchema, { id: 'AddedFactor' });

export type OwnFactors = z.infer<typeof ownFactorsSchema>;
