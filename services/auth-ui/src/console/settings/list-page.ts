/** Builds the list of settings: above which value counts at a location and where it comes from, below all that are given. */
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { covers, rootLocation } from '@gatehouse/contracts/environment-api';
import { setting as description } from '@gatehouse/contracts/resources';
import { describedColumns } from '../form/described.ts';
import { type Column, tableOf } from '../shell/lists.ts';
import type { TablesPage } from '../shell/pages.ts';
import { cutToPage, rowsPerPage } from '../shell/paging.ts';
import type { Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { SettingsOwner } from './owner.ts';

export interface ListedSettings {
  /** The values that count at the location, as the API says. */
  inForce: readonly Setting[];
  own: readonly Setting[];
  /** Those that the owner inherits; none where these are the own ones. */
  global: readonly Setting[];
  /** That may be asked for. */
  locations: readonly string[];
}

interface ListQuery {
  location: string;
  search: string;
  /** Of what is in force. */
  page: number;
  /** Of what is given. */
  givenPage: number;
}

/** Lists allowed origins. */
export const corsSetting = 'cors-origins';

/** The page has two lists. */
const size = rowsPerPage / 2;
/** More locations are no choice that a person can look through: they type one. */
export const maxChoice = 200;
const maxShown = 160;
const maxNamed = 3;

export function listPage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { inForce, own, global, locations }: ListedSettings,
  { location, search, page, givenPage }: ListQuery,
): TablesPage {
  const { text } = visit;
  const isGlobal = owner.id === undefined;
  const words = search.toLowerCase();
  const matches = ({ name, value }: Setting) =>
    name.toLowerCase().includes(words) || value.toLowerCase().includes(words);
  const query = { location: location === rootLocation ? '' : location, search };
  const numbers = { page: numberIn(page), givenPage: numberIn(givenPage) };
  const shown = cutToPage(
    inForce.filter(matches),
    owner.path,
    { ...query, givenPage: numbers.givenPage },
    { page, size },
  );
  const given = cutToPage(
    own.filter(matches),
    owner.path,
    { ...query, page: numbers.page },
    {
      page: givenPage,
      name: 'givenPage',
      size,
    },
  );
  const emptyOr = (key: 'empty' | 'empty.given' | 'empty.global') =>
    search === '' ? (`console.settings.${key}` as const) : 'console.table.noMatch';
  return {
    ...owner.header,
    lead: text(isGlobal ? 'console.settings.lead' : 'console.settings.lead.center'),
    actions: [{ label: text('console.settings.add'), href: `${owner.path}/add`, isMain: true }],
    search: {
      action: owner.path,
      value: search,
      label: text('console.settings.search'),
      clear: search === '' && location === rootLocation ? undefined : owner.path,
      filters: [
        {
          name: 'location',
          label: text('field.setting.location'),
          value: location,
          ...(locations.length > maxChoice
            ? { kind: 'text' as const, isCode: true, maxLength: 128 }
            : {
                kind: 'select' as const,
                options: locations.map((value) => ({
                  value,
                  label: value === rootLocation ? text('console.settings.everywhere') : value,
                })),
              }),
        },
      ],
    },
    parts: [
      {
        title:
          location === rootLocation
            ? text('console.settings.inForce.everywhere')
            : text('console.settings.inForce', { location }),
        ...(location === rootLocation ? { lead: text('console.settings.inForce.lead') } : {}),
        table: {
          caption: text('console.settings.inForce', { location }),
          columns: [
            { label: text('field.setting.name') },
            { label: text('field.setting.value') },
            { label: text('console.settings.from') },
          ],
          empty: text(emptyOr(isGlobal ? 'empty.global' : 'empty')),
          ...shown.pages,
          rows: shown.items.map((setting) => ({
            cells: [
              { text: setting.name },
              { text: shortened(setting.value), isCode: true },
              {
                text: originOf(visit, isGlobal, setting),
                note: outweighed(visit, isGlobal, setting, [...own, ...global.map(inherited)], location),
              },
            ],
          })),
        },
      },
      {
        title: text(isGlobal ? 'console.settings.given.global' : 'console.settings.given'),
        lead: text('console.settings.given.lead'),
        table: tableOf(visit, {
          caption: 'console.settings.given.global',
          empty: emptyOr(isGlobal ? 'empty.global' : 'empty.given'),
          columns: givenColumns(visit),
          items: given.items,
          actions: (setting) => givenActions(visit, owner, setting),
          ...given.pages,
        }),
      },
    ],
  };
}

const numberIn = (page: number) => (page > 1 ? String(page) : '');

/** Beside the name stands whether the setting is shared. */
const givenColumns = (visit: ConsoleVisit): Column<Setting>[] =>
  describedColumns<Setting>(visit, description, ['shared'], {
    name: ({ name, shared }) => ({
      text: name,
      badge: shared ? { text: visit.text('field.setting.shared'), kind: 'plain' } : undefined,
    }),
    value: ({ value }) => ({ text: shortened(value), isCode: true }),
  });

function givenActions(
  { text }: ConsoleVisit,
  { path }: SettingsOwner,
  { name, location }: Setting,
): Row['actions'] {
  const link = (step: 'change' | 'delete') => ({
    label: text(`console.settings.${step}`),
    href: `${path}/${step}?${new URLSearchParams({ name, location })}`,
    describes: `${name} ${location}`,
    isEnding: step === 'delete',
  });
  return [link('change'), link('delete')];
}

/** Says which value would count if this one was deleted, and which one after that. */
function outweighed(
  visit: ConsoleVisit,
  isGlobal: boolean,
  winner: Setting,
  all: readonly Setting[],
  at: string,
): string | undefined {
  const rivals = all
    .filter(({ name, location }) => name === winner.name && covers(location, at))
    .filter(
      ({ location, inheritedFrom }) => location !== winner.location || inheritedFrom !== winner.inheritedFrom,
    );
  if (rivals.length === 0) return undefined;
  const named = rivals
    .slice(0, maxNamed)
    .map((setting) => `${shortened(setting.value, 40)} (${originOf(visit, isGlobal, setting)})`);
  const values = named.join(', ');
  // Origins are allowed by every value that names them, whichever counts.
  return winner.name === corsSetting
    ? visit.text('console.settings.together', { values })
    : visit.text('console.settings.insteadOf', { values });
}

const inherited = (setting: Setting) => ({ ...setting, inheritedFrom: 'global' as const });

/** Where nothing is inherited, the location says it all. */
function originOf(visit: ConsoleVisit, isGlobal: boolean, { inheritedFrom, location }: Setting): string {
  const at = locationText(visit, location);
  return isGlobal ? at : `${visit.text(`console.settings.from.${inheritedFrom ?? 'own'}`)} · ${at}`;
}

const locationText = ({ text }: ConsoleVisit, location: string) =>
  location === rootLocation ? text('console.settings.everywhere') : location;

function shortened(value: string, max = maxShown): string {
  return value.length > max ? `${value.slice(0, max)}…` : value;
}
