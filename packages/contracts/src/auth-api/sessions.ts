/** Describes a user's own sessions, for the account page and for programs. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { successStatus } from '../answers/envelope.ts';

export const sessionSchema = z.object({
  id: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  userAgent: z.string().optional(),
  clientAddress: z.string().optional(),
  /** It outlives the browser: the user said that the device is their own. */
  remembered: z.boolean(),
  /** Names of the applications that it let in. */
  applications: z.array(z.string()),
  /** The session that asked. */
  current: z.boolean(),
});
components.add(sessionSchema, { id: 'Session' });

export const sessionListSchema = z.object({
  status: successStatus,
  data: z.array(sessionSchema),
  /** The owner of the sessions. */
  user: z.object({
    username: z.string(),
    name: z.string().optional(),
    /** Name of the contact centre; absent while Environment API cannot be asked. */
    contactCenter: z.string().optional(),
  }),
});

export type SessionView = z.infer<typeof sessionSchema>;
export type SessionList = z.infer<typeof sessionListSchema>;
