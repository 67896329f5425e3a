/** Describes a setting of a contact centre, or of all of them: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { locationField } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';
import { flag } from '../values/scalar.ts';
import { freeText, label } from '../values/text.ts';
import { checkSettingValue } from './known-settings.ts';

export const setting = {
  name: 'setting',
  fields: {
    name: field(label(), {
      label: 'Name',
      help: 'A setting that Gatehouse reads, or one of your applications: such a name begins with x-, or the setting is marked as shared.',
      group: 'setting',
      isColumn: true,
    }),
    value: field(freeText(32_768), {
      label: 'Value',
      help: 'A setting that Gatehouse reads takes values of its form, any other one any text. Spaces and line breaks count.',
      group: 'setting',
      isColumn: true,
    }),
    location: field(locationField, {
      label: 'Location',
      help: 'Everywhere is /. A location counts for everything below it, too.',
      reference: 'location',
      group: 'setting',
      isColumn: true,
    }),
    shared: field(flag().default(false), {
      label: 'Shared',
      help: 'Applications of yours read the setting, so its name may be any. The mark changes nothing here.',
      group: 'setting',
      isColumn: true,
    }),
  },
};

export const newSettingSchema = z.object(setting.fields).check(checkSettingValue);

/** As it is sent. */
export type NewSetting = z.input<typeof newSettingSchema>;
