/** Bodies of the v3 API: `{"data":{…},"operationId"?}`. Fields that are not known are ignored. */
import { z } from 'zod';
import { label } from './text.ts';

export function wrapped<T extends z.ZodType>(data: T) {
  return z.object(
    {
      data,
      operationId: label()
        .optional()
        .describe("The caller's own name of this operation, kept in the audit trail."),
    },
    { error: 'must be a JSON object with the fields inside "data": {"data":{…}}' },
  );
}
