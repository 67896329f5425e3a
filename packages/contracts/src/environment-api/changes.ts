/** Describes changes of environment data: the message on the Redis channel and the page that fills gaps. */
import { z } from 'zod';

/** The kinds of things that change today. Readers ignore a kind that they do not know. */
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
  'deletion',
] as const;

/**
 * Each of them ends sessions and tokens, and is announced after the change:
 * - of a person of the people store, who was deactivated, deleted, or given another password by an administrator;
 * - of a contact centre that was disabled, deleted, or given another environment;
 * - of an environment that was deleted;
 * - of the people who came in by a domain that the contact centre has lost;
 * - of the people who came in by single sign-on that was switched off, deleted, or given another identity provider.
 *
 * A change that switches something on again announces nothing: sessions and tokens that have ended stay ended.
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
   * The id of the environment, contact centre or key; the name of the setting; the path of the location, also for branding; the
   * domain. For `single-sign-on-end` it is the protocol and the location, as `saml /USW1`. For persons it is the environment and
   * the number (`people.ts`).
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
