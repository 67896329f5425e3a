/** Checks bodies of `/contact-centers/{id}/api-keys` and `/api-keys/validate`. */

import { operationIdField, wrapped } from '@gatehouse/contracts/envelope';
import { apiKeyPurposes } from '@gatehouse/contracts/environment-api/administration/api-keys';
import { label } from '@gatehouse/contracts/text';
import { integer } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { instant } from '../fields/scalars.ts';

const maxOverlapSeconds = 30 * 24 * 3600;

export const createApiKeyBody = wrapped(
  z.object({
    name: label().describe('What it is for; one key of a name at any time.'),
    purpose: z
      .enum(apiKeyPurposes, { error: 'must be "api" or "scim"' })
      .default('api')
      .describe('`scim`: a key for programs that provision people. It opens nothing else.'),
    validFrom: instant().optional().describe('Now when absent.'),
    expiresAt: instant().nullish().describe('Absent or `null`: it does not expire.'),
  }),
);

/** An empty body is valid. */
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
    operationId: operationIdField,
  })
  .nullish();

export const validateApiKeyBody = wrapped(
  z.object({ key: z.string().max(512).describe('The key as its user presented it.') }),
);

export type NewApiKey = z.output<typeof createApiKeyBody>['data'];
export type Rotation = NonNullable<z.output<typeof rotateApiKeyBody>>['data'];
