/** Describes what Auth API reads about origins: `GET /environment/v3/internal/cors`. */
import { z } from 'zod';

export const corsViewSchema = z.object({
  /** Scheme, host and port, as browsers send them; each once. Those of registered clients are Auth API's to add. */
  origins: z.array(z.string()),
});

export type CorsView = z.infer<typeof corsViewSchema>;
