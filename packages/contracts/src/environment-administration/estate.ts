/** Describes `/export` and `/import`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { warningSchema } from '../answers/envelope.ts';

export const estateChangeSchema = z.object({
  action: z.string(),
  entity: z.string(),
  id: z.string(),
  name: z.string().optional().describe('As people call it.'),
  contactCenterId: z.string().optional(),
  contactCenterName: z.string().optional(),
  changes: z.record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown().optional() })),
});
components.add(estateChangeSchema, { id: 'EstateChange' });

export const importAnswer = z.object({
  dryRun: z.boolean(),
  changes: z.array(estateChangeSchema),
  keptSecrets: z
    .array(z.string())
    .describe('References that lead nowhere in this installation: these secrets stay as they are.'),
  warnings: z
    .array(warningSchema)
    .default([])
    .describe(
      'What to know before the import, the first hundred: settings that nothing in Gatehouse reads and that are taken all the same, and new contact centres whose people set their second factors up here, because no document holds them.',
    ),
});

export type EstateChange = z.infer<typeof estateChangeSchema>;
export type ImportResult = z.infer<typeof importAnswer>;
