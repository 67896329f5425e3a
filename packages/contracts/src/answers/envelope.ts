/** Describes the v3 envelope around every JSON answer outside the OAuth endpoints. */

import { z } from 'zod';
import { line } from '../values/text.ts';
import { components } from './components.ts';
import { sentencesField } from './diagnosis.ts';

export const successStatus = z.object({ code: z.literal(0) });
components.add(successStatus, { id: 'SuccessStatus' });

/** A success with data. */
export function envelopeOf<T extends z.ZodType>(data: T) {
  return z.object({ status: successStatus, data });
}

/** A success without data. */
export const emptyEnvelope = z.object({ status: successStatus });
components.add(emptyEnvelope, { id: 'Success' });

const failureStatus = z.object({
  /** Never 0: the HTTP status. */
  code: z.number().int(),
  /** Machine-readable, snake_case. */
  name: z.string().optional(),
  message: z.string().optional(),
  detail: z.string().optional(),
  field: z.string().optional(),
  reason: z
    .string()
    .optional()
    .describe('Why, for programs that say it in words of their own: one of a list that grows.'),
  limit: z.number().optional().describe('The bound, of a reason that has one.'),
});
components.add(failureStatus, { id: 'FailureStatus' });

/** A failure; `errors` names each field that was wrong. */
export const errorEnvelope = z.object({
  status: failureStatus,
  errors: z.array(z.object({ status: failureStatus })).optional(),
});
components.add(errorEnvelope, { id: 'Failure' });

/** 401 on the JSON APIs and every error of the OAuth endpoints. */
export const securityError = z.object({ error: z.string(), error_description: z.string().optional() });
components.add(securityError, { id: 'OAuthError' });

export const operationIdField = line()
  .optional()
  .describe("The caller's own name of this operation, kept in the audit trail. An empty one counts as none.");

/** A request body: wrapped in `data`, as existing callers send it. Unknown fields are ignored. */
export function wrapped<T extends z.ZodType>(data: T) {
  return z.object(
    { data, operationId: operationIdField },
    { error: 'must be a JSON object with the fields inside "data": {"data":{…}}' },
  );
}

export const nextCursorSchema = z
  .string()
  .optional()
  .describe('Where the next page begins; absent on the last one.');

/** Of a list whose caller asks with `count=true`. At most one of them is given. */
export const totalFields = {
  total: z.int().optional().describe('With `count=true`: how many rows all pages have together.'),
  totalAtLeast: z
    .int()
    .optional()
    .describe('Instead of `total` where all pages have more than 10,000 rows: nobody counts further.'),
};

export type Total = z.infer<z.ZodObject<typeof totalFields>>;

/** Beside a success. */
export const warningSchema = z.object({
  field: z.string(),
  value: z.string(),
  message: z.string().describe('What may be wrong, and what to do. The write was done all the same.'),
  sentences: sentencesField,
  step: z.string().optional().describe('The step that failed, where the check of the environment has it.'),
});
components.add(warningSchema, { id: 'Warning' });

export type Warning = z.infer<typeof warningSchema>;
