/** Describes what Auth API reads about origins: `GET /environment/v3/internal/cors`. */
import { z } from 'zod';

export const corsViewSchema = z.object({
  /** Scheme, host and port, as browsers send them; each once. Those of registered clients are Auth API's to add. */
  origins: z.array(z.string()),
  /** Those of the global settings. The former release sends neither this nor `contactCenters`. */
  global: z.array(z.string()).optional(),
  /** By id, those of the contact centre alone. */
  contactCenters: z.record(z.string(), z.array(z.string())).optional(),
});

export type CorsView = z.infer<typeof corsViewSchema>;
