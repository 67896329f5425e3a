/** Names contact centres to other areas: the addresses of their pages, their names, and the ids of those that people type. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { z } from 'zod';
import type { FormField } from '../parts.ts';
import { RefusedForm } from '../problem.ts';
import type { ConsoleVisit } from '../shell.ts';

export const contactCentersPath = `${consolePath}/contact-centers`;
export const contactCenterPath = (id: string) => `${contactCentersPath}/${encodeURIComponent(id)}`;

/** By id, without those that are gone or cannot be read now. `domain`: the first tenant name. */
export async function knownCenters(
  { environmentApi }: ConsoleVisit,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, { name: string; domain: string | undefined }>> {
  const { read } = createContactCenterAdministration(environmentApi);
  const centers = [...new Set(ids)].map(async (id) => {
    const { name, domains } = await read(id);
    return [id, { name, domain: domains[0] }] as const;
  });
  const settled = await Promise.allSettled(centers);
  return new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}

/** By id. A contact centre that is gone, or that cannot be read now, keeps its id. */
export async function centerNames(
  visit: ConsoleVisit,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const known = await knownCenters(visit, ids);
  return new Map(ids.map((id) => [id, known.get(id)?.name ?? id]));
}

/** A person who deletes types the name of the contact centre, to show that it is the right one. `hint`: by default it says that alone. */
export const typedNameField = (
  { text }: ConsoleVisit,
  name: string,
  { value, ...more }: Pick<FormField, 'value'> & Partial<Pick<FormField, 'hint' | 'problem'>>,
): FormField => ({
  name: 'name',
  label: text('console.contactCenters.delete.name'),
  hint: text('console.contactCenters.delete.name.hint', { name }),
  kind: 'text',
  value,
  isRequired: true,
  ...more,
});

/** The ids of those that people chose, or typed by a tenant name. An id may be of one that does not exist yet. @throws RefusedForm, UpstreamError */
export async function centersTyped(
  visit: ConsoleVisit,
  typed: readonly string[],
  before: readonly string[],
): Promise<string[]> {
  const ids = [...new Set(typed)].map(async (name) => {
    if (before.includes(name)) return name;
    if (z.guid().safeParse(name).success) return name.toLowerCase();
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
