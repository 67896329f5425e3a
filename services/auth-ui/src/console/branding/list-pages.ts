/** Builds the lists: of contact centres, and of the locations where one of them has a branding. */
import type { ContactCenter } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import type { BrandingEntry } from '@gatehouse/contracts/environment-api/branding';
import { formatsIn } from '../../texts/formats.ts';
import type { ConsolePage, ListPage } from '../shell/pages.ts';
import { pagesOf } from '../shell/paging.ts';
import type { Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';

export interface PlacesPage extends ConsolePage {
  table: Table;
  /** Leads to the form of a location that has none yet. */
  other: { action: string; cc: string };
}

export function ownersPage(
  { text, rights }: ConsoleVisit,
  {
    centers,
    search,
    current,
    next,
  }: {
    centers: readonly ContactCenter[];
    search: string;
    current: string | undefined;
    next: string | undefined;
  },
): ListPage {
  const all = { owner: undefined, location: '/' };
  const rows = centers.map(({ id, name, domains }) => ({
    cells: [
      { text: name, href: addressOf('places', { owner: id, location: '/' }) },
      { text: domains.join(', ') },
    ],
  }));
  const installation = {
    cells: [
      { text: text('console.branding.everybody'), href: addressOf('places', all) },
      { text: text('console.branding.everybody.text') },
    ],
  };
  return {
    title: text('console.branding.title'),
    lead: text('console.branding.lead'),
    search: {
      action: brandingPath,
      value: search,
      label: text('console.branding.search'),
      clear: search === '' ? undefined : brandingPath,
    },
    table: {
      caption: text('console.branding.title'),
      columns: [{ label: text('console.branding.owner') }, { label: text('console.branding.domains') }],
      empty: text(search === '' ? 'console.branding.none' : 'console.table.noMatch'),
      rows: rights.installation && current === undefined && search === '' ? [installation, ...rows] : rows,
      ...pagesOf(brandingPath, { search }, { current, next }),
    },
  };
}

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
              },
            ]
          : []),
      ],
    };
  });
  return {
    title: ownerName,
    lead: text('console.branding.places.lead'),
    path: [{ label: text('console.branding.title'), href: brandingPath }],
    table: {
      caption: text('console.branding.places'),
      columns: [{ label: text('console.locations.location') }, { label: text('console.branding.set') }],
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
