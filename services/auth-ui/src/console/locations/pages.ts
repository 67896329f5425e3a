/** Builds the pages about locations. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { ManagedThing } from '@gatehouse/contracts/documents';
import type { LocationInUse } from '@gatehouse/contracts/environment-administration';
import { location as description } from '@gatehouse/contracts/resources';
import { describedColumns, describedInputs } from '../form/described.ts';
import { bodyOf, type Input, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import type { Column } from '../shell/lists.ts';
import { managedNote } from '../shell/managed.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import { breadcrumbsBelowList, type Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const locationsPath = `${consolePath}/locations`;

export const locations: Resource = {
  path: locationsPath,
  title: 'console.locations.title',
  lead: 'console.locations.lead',
  empty: 'console.locations.empty',
};

export const columns = (visit: ConsoleVisit, managed: readonly ManagedThing[]): Column<LocationInUse>[] => [
  ...describedColumns<LocationInUse>(visit, description, []),
  {
    label: 'console.locations.namedBy',
    cell: ({ location, declared }) =>
      declared
        ? {
            text: '',
            badge: { text: visit.text('console.locations.operator'), kind: 'good' },
            note: managedNote(visit, managed, { name: location }),
          }
        : { text: visit.text('console.locations.servers') },
  },
];

/** Locations that servers name are withdrawn with them. */
export const withdrawal = ({ text }: ConsoleVisit, { location, declared }: LocationInUse) =>
  declared
    ? [
        {
          label: text('console.locations.withdraw'),
          href: `${locationsPath}/withdraw?${new URLSearchParams({ location })}`,
          describes: location,
          isEnding: true,
        },
      ]
    : [];

const inputs: readonly Input[] = describedInputs(description, { isNew: true }).map((input) => ({
  ...input,
  appearance: { ...input.appearance, isCode: true },
}));

export const declaredOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf(visit, inputs, typed) as { location: string };

export function declarePage(visit: ConsoleVisit, typed: Typed = typedOf(inputs)): FormPage {
  const { text } = visit;
  return {
    title: text('console.locations.declare'),
    lead: text('console.locations.declare.lead'),
    breadcrumbs: breadcrumbsBelowList(visit, locations),
    form: {
      action: `${locationsPath}/declare`,
      sections: sectionsOf(visit, [{ inputs }], typed),
      submit: text('console.locations.declare'),
      cancel: locationsPath,
    },
  };
}

export function withdrawPage(visit: ConsoleVisit, location: string): ConfirmPage {
  return confirmationOf(visit, {
    key: 'console.locations.withdraw',
    named: { location },
    breadcrumbs: breadcrumbsBelowList(visit, locations),
    action: `${locationsPath}/withdraw`,
    hidden: { location },
    cancel: locationsPath,
    isDangerous: true,
  });
}
