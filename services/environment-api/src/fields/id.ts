/** Ids: UUIDs in lower case. */
import { z } from 'zod';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Id that a caller chooses. */
export const idSchema = z.string().regex(uuid, 'must be a UUID').toLowerCase();

/** Id in a path. A text that is no UUID names nothing, which is the answer 404 and not 400. */
export function parseId(text: string): string | undefined {
  return uuid.test(text) ? text.toLowerCase() : undefined;
}
