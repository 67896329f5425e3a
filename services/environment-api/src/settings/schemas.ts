/** Checks bodies and queries of settings. */
import { wrapped } from '@gatehouse/contracts/envelope';
import { locationSchema } from '@gatehouse/contracts/environment-api/location';
import { freeText, label } from '@gatehouse/contracts/text';
import { flag } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { locationField } from '../fields/scalars.ts';

export const settingBody = wrapped(
  z.object({
    name: label(),
    value: freeText(32_768),
    location: locationField,
    shared: flag().default(false).describe('Installers send it as the text "true".'),
  }),
);

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

export type SettingInput = z.output<typeof settingBody>['data'];
