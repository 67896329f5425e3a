/** Describes `/cors`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { shownShape } from '../resource/shown.ts';
import { origin } from '../resources/origin.ts';

export const corsEntrySchema = z.object({ ...shownShape(origin), location: z.string() });
components.add(corsEntrySchema, { id: 'Origin' });

export const corsAnswer = z.object({
  origins: z.array(z.string()).describe('Each origin once.'),
  entries: z.array(corsEntrySchema).describe('Where each origin is given.'),
});

export type CorsEntry = z.infer<typeof corsEntrySchema>;
