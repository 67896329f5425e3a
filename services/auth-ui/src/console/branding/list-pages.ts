/** Builds the lists: of contact centres, and of the locations where one of them has a branding. */
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import type { BrandingEntry } from '@gatehouse/contracts/environment-api';
import { formatsIn } from '../../texts/formats.ts';
import type { Column } from '../shell/lists.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { Table } from '../shell/parts.ts';
import type { Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';

export interface PlacesPage extends ConsolePage {
  table: Table;
  /** Leads to the form of a location that has none yet. Absent for people who may only read. */
  other?: { action: string; cc: string };
}

export const brandings: Resource = {
  path: brandingPath,
  title: 'console.branding.title',
  lead: 'console.branding.lead',
  empty: 'console.branding.none',
};

/** The installation stands first, for those who may change it. */
export function ownersOf(
  { text, rights }: ConsoleVisit,
  centers: readonly ContactCenter[],
  isFirst: boolean,
) {
  const all = {
    id: undefined,
    name: text('console.branding.everybody'),
    about: text('console.branding.everybody.text'),
  };
  const own = centers.map(({ id, name, domains }) => ({ id, name, about: domains.join(', ') }));
  return rights.installation && isFirst ? [all, ...own] : own;
}

export const ownerColumns = (): Column<ReturnType<typeof ownersOf>[number]>[] => [
  {
    label: 'console.branding.owner',
    cell: ({ id, name }) => ({ text: name, href: addressOf('places', { owner: id, location: '/' }) }),
  },
  { label: 'console.branding.domains', cell: ({ about }) => ({ text: about }) },
];

export function placesPage(
  { text, language }: ConsoleVisit,
  {
    owner,
    ownerName,
    entries,
  }: { owner: string | undefined; ownerName: string; entries: readonly BrandingEntry[] },
): PlacesPage {
  const everywhere = entries.some(({ location }) => location === '/') ? [] : [{ location: '/' }];
  const rows = [...everywhere, ...entries].map((entry: BrandingEntry) => {
    const place: Place = { owner, location: entry.location };
    const { location, ...fields } = entry;
    const isSet = Object.keys(fields).length > 0;
    return {
      cells: [
        { text: location, isCode: true, href: addressOf('edit', place) },
        isSet
          ? {
              text: entry.name ?? '',
              note: formatsIn(language).words(Object.keys(fields).map((name) => wordOf(text, name))),
            }
          : { text: text('console.branding.inheritsAll') },
      ],
      actions: [
        { label: text('console.branding.change'), href: addressOf('edit', place), describes: location },
        ...(isSet
          ? [
              {
                label: text('console.branding.delete'),
                href: addressOf('delete', place),
                describes: location,
                isEnding: true,
              },
            ]
          : []),
      ],
    };
  });
  return {
    title: ownerName,
    lead: text('console.branding.places.lead'),
    breadcrumbs: [{ label: text('console.branding.title'), href: brandingPath }],
    table: {
      caption: text('console.branding.places'),
      columns: [{ label: text('field.location.location') }, { label: text('console.branding.set') }],
      empty: '',
      rows,
    },
    other: { action: `${brandingPath}/edit`, cc: fieldsOf({ owner, location: '/' }).cc },
  };
}

const words = ['name', 'logo', 'colors', 'greeting', 'links', 'notice', 'byName'] as const;

function wordOf(text: ConsoleVisit['text'], name: string): string {
  const word = words.find((known) => known === name);
  return word === undefined ? name : text(`console.branding.word.${word}`);
}
