/** Describes what administrators see and end of the second factors of a person, and how they invite the person to a first one. */
import { z } from 'zod';
import { components } from '../answers/components.ts';
import { wrapped } from '../answers/envelope.ts';
import { changedFactors, factorChanges, rememberedDeviceSchema } from '../auth-api/own-factors.ts';
import { ownFactors } from '../environment-api/second-factor.ts';
import { label } from '../values/text.ts';
import { personFields, personSchema } from './help-desk.ts';

/** A person in one contact centre: the same `sub` has other factors in another one. */
const personInPlace = personSchema.required();

export const heldFactorSchema = z.object({
  kind: z.enum(ownFactors).describe('`totp`: an app that shows one-time codes.'),
  id: z.string(),
  name: z.string().describe('As the person calls it.'),
  madeAt: z.iso.datetime(),
  usedAt: z.iso.datetime().optional().describe('Absent: never.'),
  synced: z.boolean().optional().describe('Of a passkey: it is kept on other devices as well.'),
  cloneSuspected: z
    .boolean()
    .optional()
    .describe('Of a passkey: its counter went back, so that somebody may have a copy.'),
});
components.add(heldFactorSchema, { id: 'HeldFactor' });

export const factorsOfPersonSchema = z.object({
  user: personInPlace,
  factors: z.array(heldFactorSchema).describe('The oldest of each kind first.'),
  recoveryCodes: z.int().describe('How many are left.'),
  devices: z
    .array(rememberedDeviceSchema)
    .describe('Browsers in which no second factor is asked for, the newest first.'),
  history: z
    .array(
      z.object({
        at: z.iso.datetime(),
        change: z.enum(factorChanges),
        factor: z.enum(changedFactors),
        name: z.string().optional(),
        reason: z
          .string()
          .optional()
          .describe('Why the person could do it, or the reason of an administrator.'),
        by: z.string().describe('`sub` of the person or of an administrator, or another caller.'),
      }),
    )
    .describe('The newest first, at most 50.'),
});
components.add(factorsOfPersonSchema, { id: 'FactorsOfPerson' });

/** Strict, as is its wrapping: a misspelt contact centre would name somebody else. */
export const factorOrderBodySchema = wrapped(
  z.strictObject({
    ...personFields,
    reason: label(256)
      .refine((text) => text.trim() !== '', 'must not be empty')
      .describe(
        'How the administrator knows that it is the person, and what happened. Kept in the history and in the audit trail.',
      ),
  }),
).strict();

export const endedFactorsSchema = z.object({
  user: personInPlace,
  passkeys: z.int(),
  apps: z.int().describe('Apps for one-time codes.'),
  recoveryCodes: z.int(),
  devices: z.int().describe('Browsers that were remembered.'),
  sessions: z.int().describe('Live sessions. Tokens end with them and without them.'),
});
components.add(endedFactorsSchema, { id: 'EndedFactors' });

export const factorInvitationSchema = z.object({
  user: personInPlace,
  code: z
    .string()
    .describe('Shown this once. The person types it at a sign-in, after the password. One use.'),
  endsAt: z.iso.datetime(),
});
components.add(factorInvitationSchema, { id: 'FactorInvitation' });

export const endedDevicesSchema = z.object({ user: personInPlace, devices: z.int() });

export type HeldFactor = z.infer<typeof heldFactorSchema>;
export type FactorsOfPerson = z.infer<typeof factorsOfPersonSchema>;
export type FactorOrder = z.infer<typeof factorOrderBodySchema>['data'];
export type EndedFactors = z.infer<typeof endedFactorsSchema>;
export type FactorInvitation = z.infer<typeof factorInvitationSchema>;
