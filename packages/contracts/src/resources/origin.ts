/** Describes an origin whose pages may call: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { idSchema } from '../values/scalar.ts';
import { freeText } from '../values/text.ts';

export const origin = {
  name: 'origin',
  fields: {
    contactCenterId: field(idSchema, {
      label: 'Contact centre',
      help: 'The contact centre to which the web application belongs.',
      group: 'origin',
      isColumn: true,
    }),
    origin: field(freeText(1024), {
      label: 'Origin',
      help: 'Scheme, host and, unless it is the usual one, port, such as https://desktop.example.com.',
      group: 'origin',
      isColumn: true,
    }),
  },
};

export const newOriginSchema = z.object(origin.fields);
