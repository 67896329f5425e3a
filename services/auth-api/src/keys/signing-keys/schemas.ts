/** Validates the administrators' requests about signing keys. */

import { operationIdField, wrapped } from '@gatehouse/contracts/answers';
import { keyIdSchema, newSigningKeySchema, signingAlgorithms } from '@gatehouse/contracts/resources';
import { z } from 'zod';

export const keyParamsSchema = z.object({ kid: keyIdSchema });

/** Strict at both levels: an algorithm in the wrong place would rotate every key. */
export const rotateBodySchema = z
  .strictObject({
    data: z
      .strictObject({
        algorithm: z
          .enum(signingAlgorithms)
          .optional()
          .describe('Only the key of this algorithm; all when left out'),
      })
      .optional(),
    operationId: operationIdField,
  })
  .nullish();

export const importBodySchema = wrapped(newSigningKeySchema);

export type KeyImport = z.infer<typeof newSigningKeySchema>;
