/** Describes the diagnosis of a service: `GET /auth/v3/ops/diagnosis`, `GET /environment/v3/diagnosis`. */

import { z } from 'zod';
import { components } from './components.ts';

export const findingSchema = z.object({
  name: z.string().describe('What was looked at.'),
  status: z
    .enum(['ok', 'warning', 'failed', 'skipped'])
    .describe('`skipped`: this installation does not have it.'),
  message: z.string().describe('What was found and, when it is not right, what to change.'),
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
