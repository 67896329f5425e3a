/** Describes what Auth API reads about a contact centre: `GET /environment/v3/internal/contact-centers…`. */
import { z } from 'zod';
import { brandingViewSchema } from './branding.ts';
import { everybody, membershipSchema } from './membership.ts';
import { secondFactorViewSchema } from './second-factor.ts';

/** How the users of a contact centre prove who they are. */
export const contactCenterAuthSchema = z.enum(['configServer']);

/** `disabled`: nobody signs in to it; its configuration stays. */
export const contactCenterStatusSchema = z.enum(['active', 'disabled']);

/**
 * Within what a `sub` names one person. `environment`: contact centres of one environment that all say so know a person by the
 * same `sub`. `contactCenter`: each knows the person by another one.
 */
export const subjectScopeSchema = z.enum(['environment', 'contactCenter']);

declare const effective: unique symbol;

/** Texts by the name of their setting. `readSetting` alone opens it, so that no service reads a setting that nobody described. */
export interface EffectiveSettings {
  readonly [effective]?: never;
}

export const contactCenterViewSchema = z.object({
  id: z.guid(),
  name: z.string(),
  environmentId: z.guid(),
  /** Tenant names as typed at login; compared without regard to case. */
  domains: z.array(z.string()),
  auth: contactCenterAuthSchema,
  /** Chooses its people among those of its environment. The release before has no choice. */
  membership: membershipSchema.default(everybody),
  status: contactCenterStatusSchema,
  /** Absent in the answer of the release before, which knows no other. */
  subjectScope: subjectScopeSchema.default('environment'),
  /** Absent in the answer of the release before, which knows none; it may still hold one of a later release. */
  secondFactor: secondFactorViewSchema.optional(),
  /** Grows with every change of the contact centre, of one of its settings or of a global one; never used twice. */
  version: z.int(),
  /** Effective at the location that was asked for. */
  settings: z.record(z.string(), z.string()) as z.ZodType<EffectiveSettings>,
  /** How its pages look there; absent: as the installation's default, and from the release before. */
  branding: brandingViewSchema.optional(),
});

/** The contact centres of an environment, also those that are disabled. */
export const environmentContactCentersSchema = z.array(
  z.object({
    id: z.guid(),
    subjectScope: subjectScopeSchema,
    /** Another contact centre of the environment had the same subjects once. */
    subjectsWereShared: z.boolean(),
  }),
);

export type SubjectScope = z.infer<typeof subjectScopeSchema>;
export type EnvironmentContactCenters = z.infer<typeof environmentContactCentersSchema>;
export type ContactCenterView = z.infer<typeof contactCenterViewSchema>;
