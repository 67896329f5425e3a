/** Describes a person of the people store: what administrators change without SCIM, and what is told about it. */
import { z } from 'zod';
import { field } from '../resource/field.ts';

export const person = {
  name: 'person',
  fields: {
    status: field(z.enum(['active', 'disabled']), {
      label: 'State',
      help: 'A disabled person cannot sign in, and sessions and tokens end within a second. An active person can sign in again.',
      group: 'person',
      isColumn: true,
    }),
  },
};

/** Refuses unknown fields: the others are changed by SCIM. */
export const personChangeSchema = z.strictObject(person.fields);

/** As it is sent. */
export type PersonChange = z.input<typeof personChangeSchema>;
