/** What the session endpoints read and answer. */
import { z } from 'zod';

/** As callers write it in a query, a form or JSON. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0', ''])]);

/** All of it may be missing. */
export const signOutSchema = z.object({
  global: flag.optional(),
  redirectUri: z.string().max(2048).optional(),
});

/** A bare `?global` means yes. */
export function isSet(value: z.infer<typeof flag> | undefined): boolean {
  return value === true || value === 'true' || value === '1' || value === '';
}

export const sessionParamsSchema = z.object({ id: z.uuid() });
