/** Builds the list of settings: above which value counts at a location and where it comes from, below all that are given. */
import type { ManagedThing } from '@gatehouse/contracts/documents';
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { covers, rootLocation } from '@gatehouse/contracts/environment-api';
import {
  setting as description,
  isKnownSetting,
  knownSettingNames,
  settingUses,
  standingOf,
} from '@gatehouse/contracts/resources';
import type { Message } from '../../pages/message.ts';
import { formatsIn } from '../../texts/formats.ts';
import { describedColumns } from '../form/described.ts';
import { type Column, tableOf } from '../shell/lists.ts';
import { managedNote } from '../shell/managed.ts';
import type { TablesPage } from '../shell/pages.ts';
import { cutToPage, rowsPerPage } from '../shell/paging.ts';
import type { Cell, Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { knownTable, nameIn } from './known.ts';
import type { SettingsOwner } from './owner.ts';

export interface ListedSettings {
  /** The values that count at the location, as the API says. */
  inForce: readonly Setting[];
  own: readonly Setting[];
  /** Those of them that documents manage. */
  managed: readonly ManagedThing[];
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

/** The page has two lists beside the one of known settings. */
const size = Math.floor((rowsPerPage - knownSettingNames.length) / 2);
/** More locations are no choice that a person can look through: they type one. */
export const maxChoice = 200;
const maxShown = 160;
const maxNamed = 3;

export function listPage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { inForce, own, managed, global, locations }: ListedSettings,
  { location, search, page, givenPage }: ListQuery,
): TablesPage {
  const { text } = visit;
  const isGlobal = owner.id === undefined;
  const words = search.toLowerCase();
  const matches = ({ name, value }: Pick<Setting, 'name' | 'value'>, ...more: string[]) =>
    [name, value, ...more].some((one) => one.toLowerCase().includes(words));
  const origin = (setting: Setting) => ({
    text: originOf(visit, isGlobal, setting),
    note: outweighed(visit, isGlobal, setting, [...own, ...global.map(inherited)], location),
  });
  const query = { location: location === rootLocation ? '' : location, search };
  const numbers = { page: numberIn(page), givenPage: numberIn(givenPage) };
  const shown = cutToPage(
    inForce.filter((setting) => !isKnownSetting(setting.name) && matches(setting)),
    owner.path,
    { ...query, givenPage: numbers.givenPage },
    { page, size },
  );
  const given = cutToPage(
    own.filter((setting) => matches(setting, nameIn(visit, setting.name))),
    owner.path,
    { ...query, page: numbers.page },
    {
      page: givenPage,
      name: 'givenPage',
      size,
    },
  );
  return {
    ...owner.header,
    message: unreadMessage(visit, own),
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
        title: text('console.settings.known'),
        lead: `${text('console.settings.known.lead')} ${text('console.settings.inForce.lead')}`,
        table: {
          caption: inForceText(visit, location),
          empty: text('console.table.noMatch'),
          ...knownTable(visit, owner.path, { own, inForce, location, origin, matches }),
        },
      },
      ...(shown.items.length === 0
        ? []
        : [
            {
              title: text('console.settings.others'),
              lead: text('console.settings.others.lead'),
              table: {
                caption: text('console.settings.others'),
                columns: otherColumns.map((key) => ({ label: text(key) })),
                empty: '',
                ...shown.pages,
                rows: shown.items.map((setting) => ({
                  cells: [
                    nameCell(visit, setting),
                    { text: shortened(setting.value), isCode: true },
                    origin(setting),
                  ],
                })),
              },
            },
          ]),
      {
        title: text(isGlobal ? 'console.settings.given.global' : 'console.settings.given'),
        lead: text('console.settings.given.lead'),
        table: tableOf(visit, {
          caption: 'console.settings.given.global',
          empty:
            search === ''
              ? `console.settings.empty.${isGlobal ? 'global' : 'given'}`
              : 'console.table.noMatch',
          columns: givenColumns(visit, managed),
          items: given.items,
          actions: (setting) => givenActions(visit, owner, setting),
          ...given.pages,
        }),
      },
    ],
  };
}

const otherColumns = ['field.setting.name', 'field.setting.value', 'console.settings.from'] as const;

const inForceText = ({ text }: ConsoleVisit, location: string) =>
  location === rootLocation
    ? text('console.settings.inForce.everywhere')
    : text('console.settings.inForce', { location });

const isUnread = (setting: Setting) => standingOf(setting) === 'unread';

/** Beside the name stands who reads the setting, where that is no service. */
function nameCell(visit: ConsoleVisit, setting: Setting): Cell {
  const { name, shared } = setting;
  if (isUnread(setting))
    return { text: name, badge: { text: visit.text('console.settings.unread'), kind: 'bad' } };
  return {
    text: name,
    badge: shared ? { text: visit.text('field.setting.shared'), kind: 'plain' } : undefined,
  };
}

/** Undefined: every name is known, or said to be an application's. */
function unreadMessage({ text, language }: ConsoleVisit, own: readonly Setting[]): Message | undefined {
  const unread = [...new Set(own.filter(isUnread).map(({ name }) => shortened(name, 40)))];
  if (unread.length === 0) return undefined;
  const listed = unread.length > maxNamed ? [...unread.slice(0, maxNamed), '…'] : unread;
  const names = formatsIn(language).words(listed);
  return {
    kind: 'warning',
    title: text('console.settings.unread.title', { names }),
    text: text('console.settings.unread.text'),
  };
}

const numberIn = (page: number) => (page > 1 ? String(page) : '');

const givenColumns = (visit: ConsoleVisit, managed: readonly ManagedThing[]): Column<Setting>[] =>
  describedColumns<Setting>(visit, description, ['shared'], {
    name: (setting) => ({ ...nameCell(visit, setting), note: managedNote(visit, managed, setting) }),
    value: ({ value }) => ({ text: shortened(value), isCode: true }),
  });

function givenActions({ text }: ConsoleVisit, { path }: SettingsOwner, setting: Setting): Row['actions'] {
  const { name, location } = setting;
  const link = (step: 'change' | 'rename' | 'delete') => ({
    label: text(`console.settings.${step}`),
    href: `${path}/${step}?${new URLSearchParams({ name, location })}`,
    describes: `${name} ${location}`,
    isEnding: step === 'delete',
  });
  return [link('change'), ...(isUnread(setting) ? [link('rename')] : []), link('delete')];
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
  return isKnownSetting(winner.name) && settingUses[winner.name].counts === 'together'
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
