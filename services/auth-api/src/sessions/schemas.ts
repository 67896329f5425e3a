/** What the session endpoints read and answer. */
import { z } from 'zod';

/** As callers write it in a query, a form or JSON. */
const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0', ''])]);

/** All of it may be missing. */
export const signOutSchema = z.object({
  global: flag.optional(),
  redirectUri: z.string().max(2048).optional(),
});

/** A bare `?global` means yes. */
export function isSet(value: z.infer<typeof flag> | undefined): boolean {
  return value === true || value === 'true' || value === '1' || value === '';
}

export const sessionSchema = z.object({
  id: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  userAgent: z.string().optional(),
  clientAddress: z.string().optional(),
  /** The session that asked. */
  current: z.boolean(),
});

export const sessionParamsSchema = z.object({ id: z.uuid() });
