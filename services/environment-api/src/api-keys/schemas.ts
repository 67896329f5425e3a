/** Bodies of `/contact-centers/{id}/api-keys` and of the question whose a key is. */
import { z } from 'zod';
import { instant } from '../fields/instant.ts';
import { integer } from '../fields/scalar.ts';
import { label } from '../fields/text.ts';
import { wrapped } from '../fields/wrapped.ts';

const maxOverlapSeconds = 30 * 24 * 3600;

export const createApiKeyBody = wrapped(
  z.object({
    name: label().describe('What it is for; one key of a name at any time.'),
    validFrom: instant().optional().describe('Now when absent.'),
    expiresAt: instant().nullish().describe('Absent or `null`: it does not expire.'),
  }),
);

/** Also an empty body. */
export const rotateApiKeyBody = z
  .object({
    data: z
      .object({
        overlapSeconds: integer(0, maxOverlapSeconds)
          .default(0)
          .describe('How long the key before still works, so that its users can change over.'),
        expiresAt: instant().nullish().describe('Absent: as before.'),
      })
      .default({ overlapSeconds: 0 }),
    operationId: label().optional(),
  })
  .nullish();

export const validateApiKeyBody = wrapped(
  z.object({ key: z.string().max(512).describe('The key as its user presented it.') }),
);

export const apiKeySchema = z.object({
  id: z.string(),
  contactCenterId: z.string(),
  name: z.string(),
  prefix: z.string().describe('The first characters of the key.'),
  validFrom: z.string().describe('ISO 8601, UTC.'),
  expiresAt: z.string().optional(),
  createdAt: z.string(),
  rotatedAt: z.string().optional(),
  previousPrefix: z.string().optional().describe('Of the key before the last rotation.'),
  previousUntil: z.string().optional().describe('How long that one works.'),
  lastUsedAt: z.string().optional().describe('To the minute.'),
});

export const issuedApiKeySchema = apiKeySchema.extend({
  key: z.string().describe('The key. It is shown this once and cannot be read again.'),
});

export const keyOwnerSchema = z.object({
  contactCenterId: z.string(),
  id: z.string().describe('Id of the key.'),
  name: z.string(),
  expiresAt: z.string().optional().describe('When the presented key ends, if it does.'),
});

export type NewApiKey = z.output<typeof createApiKeyBody>['data'];
export type Rotation = NonNullable<z.output<typeof rotateApiKeyBody>>['data'];
export type KeyOwner = z.infer<typeof keyOwnerSchema>;
