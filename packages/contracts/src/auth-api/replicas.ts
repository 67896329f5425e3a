/** Describes how Auth UI, which has no Redis, says which of its replicas run. */
import { z } from 'zod';

export const replicasPath = '/auth/v3/internal/replicas';

const shortText = z.string().regex(/^[\w./:+-]{1,128}$/);

export const replicaSchema = z.strictObject({
  service: z.literal('auth-ui'),
  instance: shortText.describe('Its machine and process.'),
  version: shortText.optional().describe('Absent: it ends.'),
});

export type ReplicaNotice = z.infer<typeof replicaSchema>;
