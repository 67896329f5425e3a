/** Describes an API key of a contact centre: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { instant, integer } from '../scalar.ts';
import { label } from '../text.ts';

export const apiKeyPurposes = ['api', 'scim'] as const;

const maxOverlapSeconds = 30 * 24 * 3600;

export const apiKey = {
  name: 'apiKey',
  fields: {
    name: field(label(), {
      label: 'Name',
      help: 'What it is for; one key of a name at any time.',
      group: 'key',
      isColumn: true,
    }),
    purpose: field(z.enum(apiKeyPurposes, { error: 'must be "api" or "scim"' }).default('api'), {
      label: 'Purpose',
      help: '`scim`: a key for programs that provision people. It opens nothing else.',
      group: 'key',
      isColumn: true,
    }),
    validFrom: field(instant().optional(), { label: 'Begins', help: 'Now when absent.', group: 'time' }),
    expiresAt: field(instant().nullish(), {
      label: 'Ends',
      help: 'Absent or `null`: it does not expire.',
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
