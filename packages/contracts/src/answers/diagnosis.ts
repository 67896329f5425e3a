/** Describes the diagnosis of a service: `GET /auth/v3/ops/diagnosis`, `GET /environment/v3/diagnosis`. */

import { z } from 'zod';
import { components } from './components.ts';

/** A sentence that the console says in the language of its reader. */
export const sentenceSchema = z.object({
  key: z.string().describe('Names the sentence; the list grows.'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.array(z.string())]))
    .describe('Of a name that ends with `Seconds`: a time span. With `At`: a moment.'),
});
components.add(sentenceSchema, { id: 'Sentence' });

/** Beside a `message`. */
export const sentencesField = z
  .array(sentenceSchema)
  .optional()
  .describe(
    'The sentences of `message`, for programs that say them in words of their own. Absent where they have no key.',
  );

export const findingSchema = z.object({
  name: z.string().describe('What was looked at.'),
  status: z
    .enum(['ok', 'warning', 'failed', 'skipped'])
    .describe('`skipped`: this installation does not have it.'),
  message: z.string().describe('What was found and, when it is not right, what to change.'),
  sentences: sentencesField,
  reason: z.string().optional().describe('The cause, for programs, where a list of causes is described.'),
  durationMs: z.int(),
});
components.add(findingSchema, { id: 'Finding' });

export const diagnosisSchema = z.object({
  service: z.string(),
  version: z.string(),
  instance: z.string().describe('The replica that answered.'),
  ok: z.boolean().describe('Nothing failed.'),
  findings: z.array(findingSchema),
});
components.add(diagnosisSchema, { id: 'Diagnosis' });

export const authApiDiagnosisPath = '/auth/v3/ops/diagnosis';
export const environmentApiDiagnosisPath = '/environment/v3/diagnosis';

export type Finding = z.infer<typeof findingSchema>;
export type Diagnosis = z.infer<typeof diagnosisSchema>;
