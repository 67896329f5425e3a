/** `/locations`, as administrators call it. */
import { z } from 'zod';
import { readData, removeAt } from '../../administration-calls.ts';
import { emptyEnvelope } from '../../envelope.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';

export const locationInUseSchema = z.object({
  location: z.string(),
  declared: z.boolean().describe('Named by an operator, beside what Configuration Servers name.'),
});

/** Every call throws UpstreamError when Environment API refuses or cannot answer. */
export interface LocationAdministration {
  list(): Promise<LocationInUse[]>;
  declare(location: string): Promise<void>;
  withdraw(location: string): Promise<void>;
}

export function createLocationAdministration(http: HttpClient): LocationAdministration {
  const path = `${apiPath}/locations`;
  return {
    list: () => readData(http, z.array(locationInUseSchema), { method: 'GET', path }),
    async declare(location) {
      await http.read(emptyEnvelope, { method: 'POST', path, json: { data: { location } } });
    },
    withdraw: (location) => removeAt(http, path, { location }),
  };
}

export type LocationInUse = z.infer<typeof locationInUseSchema>;
