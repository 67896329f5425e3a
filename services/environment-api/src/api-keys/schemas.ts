/** Checks bodies of `/contact-centers/{id}/api-keys` and `/api-keys/validate`. */

import { operationIdField, wrapped } from '@gatehouse/contracts/answers';
import { newApiKeySchema, rotationSchema } from '@gatehouse/contracts/resources';
import { z } from 'zod';

export const createApiKeyBody = wrapped(newApiKeySchema);

/** An empty body is valid. */
export const rotateApiKeyBody = z
  .object({ data: rotationSchema.default({ overlapSeconds: 0 }), operationId: operationIdField })
  .nullish();

export const validateApiKeyBody = wrapped(
  z.object({ key: z.string().max(512).describe('The key as its user presented it.') }),
);

export type NewApiKey = z.output<typeof newApiKeySchema>;
export type Rotation = z.output<typeof rotationSchema>;
