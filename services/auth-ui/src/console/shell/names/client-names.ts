/** Names clients, which events and lists know by their ids. */
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import type { ConsoleVisit } from '../shell.ts';

/** The API names so many at once. */
const maxNamed = 100;

/** By id, with the console, which no list has; without those that are gone, that this administrator may not read, or that cannot be read now. */
export async function clientNames(
  { authApi, text }: ConsoleVisit,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(ids)].slice(0, maxNamed).join();
  if (asked === '') return new Map();
  const clients = await createClientAdministration(authApi)
    .list({ ids: asked })
    .catch(() => []);
  return new Map([
    [consoleClientId, text('product.name')],
    ...clients.map(({ client_id, name }) => [client_id, name] as const),
  ]);
}

/** The id of the client that a person means by its id or its name; two clients may have one name. */
export async function clientTyped({ authApi }: ConsoleVisit, typed: string): Promise<string | undefined> {
  const found = await createClientAdministration(authApi)
    .meantBy(typed)
    .catch(() => []);
  const isSame = (text: string) => text.toLowerCase() === typed.toLowerCase();
  const called = found.filter(({ client_id, name }) => client_id === typed || isSame(name));
  return called.length === 1 ? called[0]?.client_id : undefined;
}
