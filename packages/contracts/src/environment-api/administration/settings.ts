/** Describes `/settings` and the settings of a contact centre. */
import { z } from 'zod';

export const settingSchema = z.object({
  name: z.string(),
  value: z.string(),
  location: z.string(),
  shared: z.boolean(),
  inheritedFrom: z.literal('global').optional().describe('The contact centre has no value of its own there.'),
});

export const settingsAnswer = z.object({ settings: z.array(settingSchema) });

export type Setting = z.infer<typeof settingSchema>;
