/** Builds the pages about locations. */
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { LocationInUse } from '@gatehouse/contracts/environment-api/administration/locations';
import { bodyOf, type Input, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import type { ConfirmPage, FormPage, ListPage } from '../shell/pages.ts';
import { cutToPage } from '../shell/paging.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const locationsPath = `${consolePath}/locations`;

export function locationsPage(
  { text }: ConsoleVisit,
  locations: readonly LocationInUse[],
  { search, page }: { search: string; page: number },
): ListPage {
  const found = locations.filter(({ location }) => location.toLowerCase().includes(search.toLowerCase()));
  const { items, pages } = cutToPage(found, locationsPath, { search }, { page });
  return {
    title: text('console.locations.title'),
    lead: text('console.locations.lead'),
    actions: [{ label: text('console.locations.declare'), href: `${locationsPath}/declare`, isMain: true }],
    search: {
      action: locationsPath,
      value: search,
      label: text('console.locations.search'),
      clear: search === '' ? undefined : locationsPath,
    },
    table: {
      caption: text('console.locations.title'),
      columns: [{ label: text('console.locations.location') }, { label: text('console.locations.namedBy') }],
      empty: text(search === '' ? 'console.locations.empty' : 'console.table.noMatch'),
      ...pages,
      rows: items.map(({ location, declared }) => ({
        cells: [
          { text: location, isCode: true },
          declared
            ? { text: '', badge: { text: text('console.locations.operator'), kind: 'good' } }
            : { text: text('console.locations.servers') },
        ],
        actions: declared
          ? [
              {
                label: text('console.locations.withdraw'),
                href: `${locationsPath}/withdraw?${new URLSearchParams({ location })}`,
                describes: location,
              },
            ]
          : [],
      })),
    },
  };
}

const inputs: readonly Input[] = [
  {
    path: 'location',
    kind: 'text',
    label: 'console.locations.location',
    isRequired: true,
    look: { isCode: true, maxLength: 128 },
  },
];

export const declaredOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf(visit, inputs, typed) as { location: string };

export function declarePage(visit: ConsoleVisit, typed: Typed = typedOf(inputs)): FormPage {
  const { text } = visit;
  return {
    title: text('console.locations.declare'),
    lead: text('console.locations.declare.lead'),
    path: [{ label: text('console.locations.title'), href: locationsPath }],
    form: {
      action: `${locationsPath}/declare`,
      sections: sectionsOf(visit, [{ inputs }], typed),
      submit: text('console.locations.declare'),
      cancel: locationsPath,
    },
  };
}

export function withdrawPage({ text }: ConsoleVisit, location: string): ConfirmPage {
  return {
    title: text('console.locations.withdraw.title', { location }),
    lead: text('console.locations.withdraw.lead'),
    path: [{ label: text('console.locations.title'), href: locationsPath }],
    form: {
      action: `${locationsPath}/withdraw`,
      hidden: { location },
      sections: [],
      submit: text('console.locations.withdraw'),
      cancel: locationsPath,
      isDangerous: true,
    },
  };
}
