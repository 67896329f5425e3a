/** Checks bodies and queries of settings, and describes the answer to a write. */
import { envelopeOf, warningSchema, wrapped } from '@gatehouse/contracts/answers';
import { settingSchema } from '@gatehouse/contracts/environment-administration';
import { locationSchema } from '@gatehouse/contracts/environment-api';
import { newSettingSchema } from '@gatehouse/contracts/resources';
import { z } from 'zod';

export const settingBody = wrapped(newSettingSchema);

/** The answer to a write. */
export const writtenSetting = envelopeOf(settingSchema).extend({
  path: z.string(),
  warnings: z.array(warningSchema).optional(),
});

export const settingsQuery = z.object({
  location: locationSchema
    .optional()
    .describe(
      'Only what is effective there: of each name the value with the longest location that covers it, of the contact centre before the global ones.',
    ),
});

export const removeSettingQuery = z.object({
  location: locationSchema
    .optional()
    .describe('Only the value given for exactly this location; all values when absent.'),
});

export type SettingInput = z.output<typeof newSettingSchema>;
