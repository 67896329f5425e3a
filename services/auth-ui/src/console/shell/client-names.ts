/** Names clients, which events and lists know by their ids. */
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import type { ConsoleVisit } from './shell.ts';

/** The API names so many at once. */
const maxNamed = 100;

/** By id, without those that are gone, that this administrator may not read, or that cannot be read now. */
export async function clientNames(
  { authApi }: ConsoleVisit,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(ids)].slice(0, maxNamed).join();
  if (asked === '') return new Map();
  const clients = await createClientAdministration(authApi)
    .list({ ids: asked })
    .catch(() => []);
  return new Map(clients.map(({ client_id, name }) => [client_id, name]));
}
