/** Names environments, which contact centres and their changes know by their ids. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api';
import type { ConsoleVisit } from '../shell.ts';

/** By id, without those that are gone, that this administrator may not read, or that cannot be read now. */
export async function knownEnvironments(
  { environmentApi }: ConsoleVisit,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, { name: string }>> {
  const { read } = createEnvironmentAdministration(environmentApi);
  const asked = [...new Set(ids)].map(async (id) => [id, { name: (await read(id)).name ?? id }] as const);
  const settled = await Promise.allSettled(asked);
  return new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}
