/** Checks bodies and queries of settings. */
import { wrapped } from '@gatehouse/contracts/answers';
import { locationSchema } from '@gatehouse/contracts/environment-api';
import { newSettingSchema } from '@gatehouse/contracts/resources';
import { z } from 'zod';

export const settingBody = wrapped(newSettingSchema);

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
