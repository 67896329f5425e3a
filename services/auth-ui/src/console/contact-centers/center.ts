/** Reads the contact centre that the address of a page names, and the names of those that a page shows. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import { z } from 'zod';
import type { ConsoleVisit } from '../shell/shell.ts';

export const centerParams = z.object({ id: z.string().max(64) });

/** @throws UpstreamError (404) */
export const centerOf = ({ environmentApi }: ConsoleVisit, id: string) =>
  createContactCenterAdministration(environmentApi).read(id);

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
