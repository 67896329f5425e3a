/** Describes `/contact-centers`. */
import { z } from 'zod';

export const contactCenterSchema = z.object({
  id: z.string(),
  environmentId: z.string(),
  name: z.string(),
  domains: z.array(z.string()),
  auth: z.string(),
  status: z.string(),
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});

export type ContactCenter = z.infer<typeof contactCenterSchema>;
