/** Describes changes of environment data: the message on the Redis channel and the page that fills gaps. */
import { z } from 'zod';

/** What changes are about today; readers ignore a kind they do not know. */
export const environmentEntities = [
  'environment',
  'contact-center',
  'setting',
  'location',
  'api-key',
  'cors',
  'saml',
  'oidc',
  'branding',
  'person',
  'person-group',
] as const;

/**
 * Announced after the change that ends them: the sessions and tokens of a person of the people store (deactivated, deleted, or
 * given another password by an administrator), of a contact centre (disabled, deleted, or given another
 * environment) or environment (deleted), or of those who came in by a domain (taken from the contact centre) or by single
 * sign-on (switched off, deleted, or given another identity provider). What is switched on again announces nothing, so what
 * has ended stays ended.
 */
export const environmentEnds = [
  'contact-center-end',
  'environment-end',
  'domain-end',
  'single-sign-on-end',
  'person-end',
] as const;

export const environmentChangeSchema = z.object({
  /** Follows the order of commits; a smaller number never appears later. */
  seq: z.int().positive(),
  /** One of `environmentEntities` or `environmentEnds`, or a later one. */
  entity: z.string(),
  /**
   * Id of the environment, contact centre or key, name of the setting, path of the location (also for branding); the domain;
   * for `single-sign-on-end` the protocol and the location, as `saml /USW1`; for persons environment and number (`people.ts`).
   */
  id: z.string(),
  /** The contact centre whose view changed. */
  contactCenterId: z.string().optional(),
  /** Tells it from the change with the same number in a database that was restored; the release before sends none. */
  stamp: z.string().optional(),
});

/** `GET /environment/v3/internal/changes?since=&limit=` */
export const environmentChangesPageSchema = z.object({
  changes: z.array(environmentChangeSchema),
  /** Number of the newest change there is. */
  latest: z.int().nonnegative(),
});

export type EnvironmentEntity = (typeof environmentEntities)[number];
export type EnvironmentEnd = (typeof environmentEnds)[number];
export type EnvironmentChange = z.infer<typeof environmentChangeSchema>;
export type EnvironmentChangesPage = z.infer<typeof environmentChangesPageSchema>;
