/** Describes `/locations`. */

import { z } from 'zod';
import { components } from '../../components.ts';

export const locationInUseSchema = z.object({
  location: z.string(),
  declared: z.boolean().describe('Named by an operator, beside what Configuration Servers name.'),
});
components.add(locationInUseSchema, { id: 'Location' });

export type LocationInUse = z.infer<typeof locationInUseSchema>;
