/** Describes `/settings` and the settings of a contact centre. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { shownShape } from '../resource/shown.ts';
import { setting } from '../resources/setting.ts';

export const settingSchema = z.object({
  ...shownShape(setting),
  inheritedFrom: z.literal('global').optional().describe('The contact centre has no value of its own there.'),
});
components.add(settingSchema, { id: 'Setting' });

export const settingsAnswer = z.object({ settings: z.array(settingSchema) });

export type Setting = z.infer<typeof settingSchema>;
