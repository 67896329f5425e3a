/** Describes which people of an environment belong to a contact centre, and by what each directory can tell. */

import { z } from 'zod';
import { components } from '../answers/components.ts';

/**
 * `all`: everybody. `tenant`: people of these tenants. `folder`: people in these folders and below. `accessGroup`: members of one of
 * these groups. `organizationalUnit`: entries below these entries of the directory.
 */
export const membershipKinds = ['all', 'tenant', 'folder', 'accessGroup', 'organizationalUnit'] as const;

export const membershipSchema = z.object({
  by: z.enum(membershipKinds),
  /** At least one of them takes a person in. Empty with `all`. */
  names: z.array(z.string()),
});
components.add(membershipSchema, { id: 'Membership' });

export type MembershipKind = (typeof membershipKinds)[number];
export type Membership = z.infer<typeof membershipSchema>;

export const everybody: Membership = { by: 'all', names: [] };
