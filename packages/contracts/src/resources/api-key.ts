/** Describes an API key of a contact centre: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { instant, integer } from '../values/scalar.ts';
import { label } from '../values/text.ts';

export const apiKeyPurposes = ['api', 'scim'] as const;

const maxOverlapSeconds = 30 * 24 * 3600;

export const apiKey = {
  name: 'apiKey',
  fields: {
    name: field(label(), {
      label: 'Name',
      help: 'What the key is for, such as the name of the program. Only one key has this name at any time.',
      group: 'key',
      isColumn: true,
    }),
    purpose: field(z.enum(apiKeyPurposes, { error: 'must be "api" or "scim"' }).default('api'), {
      label: 'Purpose',
      help: 'A key with the purpose `scim` provisions people, and opens nothing else.',
      group: 'key',
      isColumn: true,
    }),
    validFrom: field(instant().optional(), {
      label: 'Begins',
      help: 'The key counts from then on; without it, at once. A day begins at midnight UTC.',
      reference: 'moment',
      group: 'time',
    }),
    expiresAt: field(instant().nullish(), {
      label: 'Ends',
      help: 'The key works until then; without it, it does not end. A day ends at midnight UTC.',
      reference: 'moment',
      group: 'time',
      isColumn: true,
    }),
  },
};

export const newApiKeySchema = z.object(apiKey.fields);

/** Of a key that takes the place of another one. */
export const rotationSchema = z.object({
  overlapSeconds: integer(0, maxOverlapSeconds)
    .default(0)
    .describe('How long the key before still works, so that its users can change over.'),
  expiresAt: instant().nullish().describe('Absent: as before.'),
});

/** As they are sent. */
export type NewApiKey = z.input<typeof newApiKeySchema>;
export type Rotation = z.input<typeof rotationSchema>;
