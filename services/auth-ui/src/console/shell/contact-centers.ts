/** Names contact centres to other areas: the addresses of their pages, their names, and the ids of those that people type. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { RefusedForm } from './problem.ts';
import type { ConsoleVisit } from './shell.ts';

export const contactCentersPath = `${consolePath}/contact-centers`;
export const contactCenterPath = (id: string) => `${contactCentersPath}/${encodeURIComponent(id)}`;

/** By id. A contact centre that is gone, or that cannot be read now, keeps its id. */
export async function centerNames(
  { environmentApi }: ConsoleVisit,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { read } = createContactCenterAdministration(environmentApi);
  const named = [...new Set(ids)].map(
    async (id) =>
      [
        id,
        await read(id).then(
          ({ name }) => name,
          () => id,
        ),
      ] as const,
  );
  return new Map(await Promise.all(named));
}

/** The ids of those that people typed by a tenant name or an id. One of `before` that is gone keeps its id. @throws RefusedForm, UpstreamError */
export async function centersTyped(
  visit: ConsoleVisit,
  typed: readonly string[],
  before: readonly string[],
): Promise<string[]> {
  const ids = [...new Set(typed)].map(async (name) => {
    if (before.includes(name)) return name;
    const id = await idOf(visit, name);
    if (id !== undefined) return id;
    throw new RefusedForm({ contactCenterIds: visit.text('console.contactCenters.unknown', { name }) });
  });
  return [...new Set(await Promise.all(ids))];
}

/** The id of the one that a person means by its name, a tenant name or its id. */
export async function centerTyped(visit: ConsoleVisit, name: string): Promise<string | undefined> {
  const id = await idOf(visit, name);
  if (id !== undefined) return id;
  const { rows } = await createContactCenterAdministration(visit.environmentApi).page({
    search: name,
    limit: '20',
  });
  return rows.find((center) => center.name.toLowerCase() === name.toLowerCase())?.id;
}

async function idOf({ environmentApi }: ConsoleVisit, name: string): Promise<string | undefined> {
  const { page, read } = createContactCenterAdministration(environmentApi);
  try {
    const { rows } = await page({ domain: name, limit: '1' });
    return (rows[0] ?? (await read(name))).id;
  } catch (error) {
    // The API refuses or does not find a text that is neither a name nor an id.
    if (error instanceof UpstreamError && [400, 404].includes(error.status ?? 0)) return undefined;
    throw error;
  }
}
