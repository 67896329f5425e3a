/** Lets people choose the contact centres of a receiver by name: among all, or by tenant names where there are many. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import type { Input } from '../form/inputs.ts';
import { centersTyped } from '../shell/contact-centers.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

/** More of them are no choice that a person can look through. */
const maxChoice = 100;

export interface Centers {
  /** To choose from; undefined: there are too many. */
  all: readonly ContactCenter[] | undefined;
  /** Tenant names by id, of those that are chosen already where there are too many. */
  tenants: ReadonlyMap<string, string>;
}

const callsOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);

export async function centersFor(visit: ConsoleVisit, chosen: readonly string[]): Promise<Centers> {
  const { rows, nextCursor } = await callsOf(visit).page({ limit: String(maxChoice) });
  if (nextCursor === undefined) return { all: rows, tenants: new Map() };
  const read = chosen.slice(0, maxChoice).map(async (id) => {
    const { domains } = await callsOf(visit).read(id);
    return [id, domains[0] ?? id] as const;
  });
  const found = (await Promise.allSettled(read)).flatMap((one) =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  return { all: undefined, tenants: new Map(found) };
}

export const centersInput = (input: Input, { all }: Centers): Input =>
  all === undefined
    ? { ...input, kind: 'lines', hint: 'console.signalReceivers.tenants.hint' }
    : { ...input, kind: 'choices', options: all.map(({ id }) => ({ value: id })) };

/** Two contact centres may have one name, but no tenant name is that of two. */
export function named(field: FormField, { all = [] }: Centers): FormField {
  const centers = new Map(all.map((center) => [center.id, center]));
  return {
    ...field,
    options: (field.options ?? []).map((option) => {
      const { name, domains } = centers.get(option.value) ?? {};
      return { ...option, label: name ?? option.label, hint: domains?.[0] };
    }),
  };
}

/** The ids of those that were chosen or typed. One that is gone keeps its id. @throws RefusedForm, UpstreamError */
export async function idsOf(
  visit: ConsoleVisit,
  { all }: Centers,
  chosen: readonly string[],
  before: readonly string[],
): Promise<string[]> {
  return all === undefined ? centersTyped(visit, chosen, before) : [...chosen];
}
