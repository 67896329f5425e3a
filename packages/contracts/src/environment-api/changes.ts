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
] as const;

export const environmentChangeSchema = z.object({
  /** Follows the order of commits; a smaller number never appears later. */
  seq: z.int().positive(),
  /** One of `environmentEntities`, or a later one. */
  entity: z.string(),
  /** Id of the environment, contact centre or key, name of the setting, path of the location. */
  id: z.string(),
  /** The contact centre whose view changed. */
  contactCenterId: z.string().optional(),
});

/** `GET /environment/v3/internal/changes?since=&limit=` */
export const environmentChangesPageSchema = z.object({
  changes: z.array(environmentChangeSchema),
  /** Number of the newest change there is. */
  latest: z.int().nonnegative(),
});

export type EnvironmentEntity = (typeof environmentEntities)[number];
export type EnvironmentChange = z.infer<typeof environmentChangeSchema>;
export type EnvironmentChangesPage = z.infer<typeof environmentChangesPageSchema>;
