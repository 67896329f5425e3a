/** Describes `/auth/v3/ops/alerts`: who is told of problems, and whether the messages arrive. */
import { z } from 'zod';
import { sentencesField } from '../answers/diagnosis.ts';

const channel = z.enum(['webhook', 'email']);

export const alertStateSchema = z.object({
  channels: z
    .array(
      z.object({
        channel,
        target: z.string().describe('Host of the webhook, or the addresses that get e-mail.'),
        waiting: z.int().describe('Messages that it did not take yet.'),
        deliveredAt: z.iso.datetime().optional().describe('When it last took a message.'),
        failedAt: z.iso.datetime().optional().describe('When it last did not take one.'),
        failure: z.string().optional().describe('Why, in English. Absent where it took one since.'),
        sentences: sentencesField,
      }),
    )
    .describe('Empty: alerts are off.'),
});

export const alertTestSchema = z.object({
  results: z.array(
    z.object({
      channel,
      target: z.string(),
      accepted: z.boolean(),
      problem: z.string().optional(),
      sentences: sentencesField,
    }),
  ),
});

export const alertsPath = '/auth/v3/ops/alerts';

export type AlertChannel = z.infer<typeof channel>;
export type AlertState = z.infer<typeof alertStateSchema>;
export type AlertTest = z.infer<typeof alertTestSchema>;
