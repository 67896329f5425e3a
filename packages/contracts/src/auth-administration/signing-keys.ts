/** Describes signing keys as administrators see them. */

import { z } from 'zod';
import { components } from '../answers/components.ts';

export const signingKeyViewSchema = z.object({
  kid: z.string(),
  algorithm: z.string(),
  state: z.enum(['next', 'active', 'retired']),
  origin: z.enum(['generated', 'imported']),
  createdAt: z.iso.datetime(),
  activatedAt: z.iso.datetime().optional(),
  retiredAt: z.iso.datetime().optional(),
  /** A retired key leaves the key set then. */
  publishedUntil: z.iso.datetime().optional(),
});
components.add(signingKeyViewSchema, { id: 'SigningKey' });

export type SigningKeyView = z.infer<typeof signingKeyViewSchema>;
