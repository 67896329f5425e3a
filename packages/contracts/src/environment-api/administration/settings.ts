/** Describes `/settings` and the settings of a contact centre. */

import { z } from 'zod';
import { components } from '../../components.ts';

export const settingSchema = z.object({
  name: z.string(),
  value: z.string(),
  location: z.string(),
  shared: z.boolean(),
  inheritedFrom: z.literal('global').optional().describe('The contact centre has no value of its own there.'),
});
components.add(settingSchema, { id: 'Setting' });

export const settingsAnswer = z.object({ settings: z.array(settingSchema) });

export type Setting = z.infer<typeof settingSchema>;
