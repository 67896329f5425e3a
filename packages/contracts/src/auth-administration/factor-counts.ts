/** Describes how many people of a contact centre have which second factor, and whom its policy keeps out, now or after a change. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { contactCenter } from '../resources/contact-center.ts';
import { assuranceLevels } from '../values/assurance.ts';
import { countedSchema } from './memberships.ts';

const outlookSchema = z.object({
  level: z.enum(assuranceLevels).describe('The level that the policy requires.'),
  ready: z.int().describe('People who come in by what they have.'),
  byProvider: z
    .int()
    .describe(
      'People who came in by the identity provider last. They come in where it says that it has seen a second factor.',
    ),
  mustAdd: z
    .int()
    .describe('People whose factor is not enough. When they sign in, they give it and add another one.'),
  inGrace: countedSchema.describe(
    'People without a factor who come in until `enrolmentEndsAt`, and need an invitation afterwards.',
  ),
  lockedOut: countedSchema.describe('People who do not come in: they have no factor that is enough.'),
});
components.add(outlookSchema, { id: 'FactorOutlook' });

const verdictSchema = z.object({
  enrolmentEndsAt: z
    .string()
    .optional()
    .describe(
      'Until then people without a factor come in. ISO 8601, UTC. Absent: the policy never became stricter.',
    ),
  everybody: outlookSchema.describe('By what the policy requires of everybody.'),
  roles: z
    .array(outlookSchema.extend({ roles: z.array(z.string()) }))
    .describe(
      'By what the policy requires of people with one of these roles. Counted as if everybody had one, unless `areRolesKnown`.',
    ),
  rolesOfNobody: z
    .array(z.string())
    .optional()
    .describe(
      'Roles of the policy that nobody in the people store has: they protect nobody. Absent unless `areRolesKnown`.',
    ),
});
components.add(verdictSchema, { id: 'FactorVerdict' });

export const factorCountsSchema = z.object({
  contactCenterId: z.guid(),
  people: z
    .int()
    .describe('People who signed in since `since`, or who have a factor. Gatehouse knows no others.'),
  since: z.string().describe('How far the security events were read. ISO 8601, UTC.'),
  areRolesKnown: z
    .boolean()
    .optional()
    .describe(
      'True: the people store says who has the roles of the policy. False: roles are known when a person signs in. Absent: the policy names none.',
    ),
  held: z
    .object({
      passkeys: z.int(),
      devicePasskeys: z.int().describe('Of those with a passkey: people with one that cannot be copied.'),
      totp: z.int(),
      recoveryCodes: z.int(),
      rememberedDevices: z.int(),
      none: z.int().describe('People with neither a passkey nor codes of an app.'),
    })
    .describe('How many people have at least one of each.'),
  now: verdictSchema.describe('Under the policy that holds.'),
});
components.add(factorCountsSchema, { id: 'FactorCounts' });

export const factorDryRunBodySchema = z.object({
  data: z.strictObject({ secondFactor: contactCenter.fields.secondFactor.unwrap() }),
});

export const factorPreviewSchema = factorCountsSchema.extend({
  after: verdictSchema.describe('Under the policy with this change.'),
  isStricter: z
    .boolean()
    .describe('True: the change may refuse sign-ins that are admitted now, and times of grace begin anew.'),
  newlyInGrace: countedSchema.describe(
    'People who come in now, and after the change for the time of grace alone. By their roles, too, where `areRolesKnown`.',
  ),
  newlyLockedOut: countedSchema.describe(
    'People who come in now, and would not after the change. By their roles, too, where `areRolesKnown`.',
  ),
});
components.add(factorPreviewSchema, { id: 'FactorPreview' });

export type FactorOutlook = z.infer<typeof outlookSchema>;
export type FactorVerdict = z.infer<typeof verdictSchema>;
export type FactorCounts = z.infer<typeof factorCountsSchema>;
export type FactorPreview = z.infer<typeof factorPreviewSchema>;
/** As it is sent: the change of the policy that is tried. */
export type FactorDryRun = z.input<typeof factorDryRunBodySchema>['data'];
