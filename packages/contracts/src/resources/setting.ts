/** Describes a setting of a contact centre, or of all of them: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { locationField } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';
import { flag } from '../scalar.ts';
import { freeText, label } from '../text.ts';

export const setting = {
  name: 'setting',
  fields: {
    name: field(label(), {
      label: 'Name',
      help: 'As the applications that read it know it.',
      group: 'setting',
      isColumn: true,
    }),
    value: field(freeText(32_768), {
      label: 'Value',
      help: 'Any text.',
      group: 'setting',
      isColumn: true,
    }),
    location: field(locationField, {
      label: 'Location',
      help: 'Where it counts, with everything below it; `/` is everywhere.',
      group: 'setting',
      isColumn: true,
    }),
    shared: field(flag().default(false), {
      label: 'Shared',
      help: 'Installers send it as the text "true".',
      group: 'setting',
      isColumn: true,
    }),
  },
};

export const newSettingSchema = z.object(setting.fields);

/** As it is sent. */
export type NewSetting = z.input<typeof newSettingSchema>;
