/** `/cors`, as administrators call it. */
import { z } from 'zod';
import { readData, removeAt } from '../../administration-calls.ts';
import { emptyEnvelope } from '../../envelope.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';

export const corsEntrySchema = z.object({
  contactCenterId: z.string(),
  location: z.string(),
  origin: z.string(),
});

export const corsAnswer = z.object({
  origins: z.array(z.string()).describe('Each origin once.'),
  entries: z.array(corsEntrySchema).describe('Where each origin is given.'),
});

/** Every call throws UpstreamError when Environment API refuses or cannot answer. */
export interface CorsAdministration {
  /** Of one contact centre, or of all. */
  list(contactCenterId?: string): Promise<CorsEntry[]>;
  add(contactCenterId: string, origin: string): Promise<void>;
  remove(contactCenterId: string, origin: string): Promise<void>;
}

export function createCorsAdministration(http: HttpClient): CorsAdministration {
  const path = `${apiPath}/cors`;
  return {
    async list(contactCenterId) {
      return (await readData(http, corsAnswer, { method: 'GET', path, query: { contactCenterId } })).entries;
    },
    async add(contactCenterId, origin) {
      await http.read(emptyEnvelope, { method: 'POST', path, json: { data: { contactCenterId, origin } } });
    },
    remove: (contactCenterId, origin) => removeAt(http, path, { contactCenterId, origin }),
  };
}

export type CorsEntry = z.infer<typeof corsEntrySchema>;
