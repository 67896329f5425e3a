/** The answer of `/environments/{id}/check`. */
import { z } from 'zod';

export const stepNames = ['resolve', 'tcp', 'tls', 'register', 'read'] as const;

export const stepSchema = z.object({
  step: z.enum(stepNames),
  status: z.enum(['ok', 'failed', 'skipped']),
  message: z.string().describe('What happened and, when it failed, what to change.'),
  durationMs: z.int(),
});

export const serverCheckSchema = z.object({
  serverId: z.string(),
  role: z.enum(['primary', 'backup']),
  address: z.string(),
  port: z.int(),
  ok: z.boolean(),
  steps: z.array(stepSchema),
});

export const checkSchema = z.object({
  environmentId: z.string(),
  ok: z.boolean().describe('Every server passed every step.'),
  servers: z.array(serverCheckSchema),
});

export type StepName = (typeof stepNames)[number];
export type Step = z.infer<typeof stepSchema>;
export type ServerCheck = z.infer<typeof serverCheckSchema>;
export type Check = z.infer<typeof checkSchema>;
