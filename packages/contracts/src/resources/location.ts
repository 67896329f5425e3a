/** Describes a location that is declared: what administrators send, and what is told about it. */
import { z } from 'zod';
import { locationSchema } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';

export const location = {
  name: 'location',
  fields: {
    location: field(locationSchema, {
      label: 'Location',
      help: 'A path such as /USW1 or /USW1/DC2.',
      group: 'location',
      isColumn: true,
    }),
  },
};

export const newLocationSchema = z.object(location.fields);
