/** Describes `/locations`. */
import { z } from 'zod';

export const locationInUseSchema = z.object({
  location: z.string(),
  declared: z.boolean().describe('Named by an operator, beside what Configuration Servers name.'),
});

export type LocationInUse = z.infer<typeof locationInUseSchema>;
