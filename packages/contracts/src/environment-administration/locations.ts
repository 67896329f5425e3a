/** Describes `/locations`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { shownShape } from '../resource/shown.ts';
import { location } from '../resources/location.ts';

export const locationInUseSchema = z.object({
  ...shownShape(location),
  declared: z.boolean().describe('Named by an operator, beside what Configuration Servers name.'),
});
components.add(locationInUseSchema, { id: 'Location' });

export type LocationInUse = z.infer<typeof locationInUseSchema>;
