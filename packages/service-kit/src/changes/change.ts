/** One change of configuration data, as it travels between replicas. */
import { z } from 'zod';

export const changeSchema = z.object({
  /** Position in the service's change log, without gaps. */
  seq: z.number().int().positive(),
  entity: z.string(),
  id: z.string(),
  contactCenterId: z.string().optional(),
});

export type Change = z.infer<typeof changeSchema>;
export type ChangeDraft = Omit<Change, 'seq'>;
