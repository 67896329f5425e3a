/** Builds the pages that lead to a person: the choice of a contact centre, and the search in it. */
import type { Total } from '@gatehouse/contracts/answers';
import {
  type ListedPersonView,
  type ListedState,
  listedStates,
  type PeopleEverywhere,
  type PeoplePage,
} from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { isOwnDirectory } from '@gatehouse/contracts/environment-api';
import { isTextKey } from '../../texts/texts.ts';
import { sortOf } from '../shell/lists.ts';
import type { ListPage, TablesPage } from '../shell/pages.ts';
import { addressOf as addressOfList, pageOfRows } from '../shell/paging.ts';
import type { Cell, Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, centerAddress, peoplePath } from './names.ts';
import { helps, maxChosen, steps } from './selection.ts';

export interface PeopleTerms {
  search: string;
  signIn: ListedState | '';
  sort: string;
  cursor?: string | undefined;
  row: number;
}

export function chooseCenterPage(
  { text }: ConsoleVisit,
  { rows, ...rest }: { rows: ContactCenter[]; nextCursor?: string | undefined } & Total,
  { search, ...place }: Omit<PeopleTerms, 'signIn' | 'sort'>,
): ListPage {
  return {
    title: text('console.people.title'),
    lead: text('console.people.choose.lead'),
    search: {
      action: peoplePath,
      value: search,
      label: text('console.people.choose.search'),
      hint: text('console.people.everywhere.hint'),
      clear: search === '' ? undefined : peoplePath,
    },
    table: {
      caption: text('console.people.choose.title'),
      columns: [
        { label: text('console.people.contactCenter') },
        { label: text('console.people.choose.domains') },
      ],
      empty: text(search === '' ? 'console.people.choose.empty' : 'console.table.noMatch'),
      rows: rows.map(({ id, name, domains }) => ({
        cells: [{ text: name, href: centerAddress(id), ids: [id] }, { text: domains.join(', ') }],
      })),
      ...pageOfRows(text, { path: peoplePath, query: { search } }, place, { rows: rows.length, ...rest }),
    },
  };
}

/** The contact centres of that name, below the people of that name in any of them. */
export function foundEverywherePage(
  { text }: ConsoleVisit,
  { table, ...page }: ListPage,
  { people, isCut }: PeopleEverywhere,
): TablesPage {
  return {
    ...page,
    parts: [
      {
        title: text('console.people.everywhere'),
        ...(isCut && { lead: text('console.people.search.isCut') }),
        table: {
          caption: text('console.people.everywhere'),
          columns: [
            { label: text('console.people.userName') },
            { label: text('console.people.contactCenter') },
            { label: text('console.people.name') },
            { label: text('console.people.email') },
            { label: text('console.people.signIn') },
          ],
          empty: text('console.people.everywhere.empty'),
          rows: people.map(({ contactCenterId, contactCenterName, ...person }) => ({
            cells: [
              {
                text: person.userName,
                href: addressOf('person', { user: person.userName, contactCenter: contactCenterId }),
              },
              { text: contactCenterName, href: centerAddress(contactCenterId) },
              { text: person.name ?? '' },
              { text: person.email ?? '' },
              { text: '', badge: stateOf(text, person) },
            ],
          })),
        },
      },
      { title: text('console.people.choose.title'), table },
    ],
  };
}

export function peoplePage(
  visit: ConsoleVisit,
  center: Pick<ContactCenter, 'id' | 'name'>,
  {
    data,
    nextCursor,
    total,
  }: { data: PeoplePage; nextCursor?: string | undefined; total?: number | undefined },
  { search, signIn, sort, cursor, row }: PeopleTerms,
): ListPage {
  const { text } = visit;
  const query = { contactCenter: center.id, search, signIn, sort };
  const isOurs = isOwnDirectory(data.source);
  const addressIn = (other: string) => addressOfList(peoplePath, { ...query, sort: other });
  const sorted = (column: string) => isOurs && { sort: sortOf(column, { sort, addressIn }) };
  const isFiltered = search !== '' || signIn !== '';
  const hint = [
    data.matching === 'whole names' ? text('console.people.search.wholeNames') : '',
    data.isCut ? text('console.people.search.isCut') : '',
    signIn === '' ? '' : text('console.people.signIn.hint'),
    isOurs ? '' : text('console.people.unsorted'),
  ];
  const head = headOf(visit, center, search);
  return {
    ...head,
    lead: text(`console.people.source.${data.source}.lead`),
    actions: [
      ...(isOurs
        ? [
            { label: text('console.people.import'), href: centerAddress(center.id, '/import') },
            { label: text('console.people.add'), href: centerAddress(center.id, '/add'), isMain: true },
          ]
        : []),
      ...(data.people.length === 0 ? explainAction(visit, center.id, search) : []),
      {
        label: text('console.people.erase.gone'),
        href: centerAddress(center.id, '/erase-gone'),
        isEnding: true,
      },
    ],
    search: {
      ...head.search,
      ...(sort && { hidden: { ...head.search.hidden, sort } }),
      hint: hint.filter(Boolean).join(' ') || undefined,
      clear: isFiltered ? centerAddress(center.id) : undefined,
      filters: [
        {
          name: 'signIn',
          kind: 'select',
          label: text('console.people.signIn'),
          value: signIn,
          options: [
            { value: '', label: text('console.people.signIn.any') },
            ...listedStates.map((value) => ({ value, label: text(`sentence.state.${value}`) })),
          ],
        },
      ],
    },
    table: {
      caption: text('console.people.title'),
      columns: [
        { label: text('console.people.userName'), ...sorted('userName') },
        { label: text('console.people.name'), ...sorted('name') },
        { label: text('console.people.email'), ...sorted('email') },
        { label: text('console.people.signIn') },
        ...(isOurs ? [{ label: text('console.people.lastChange'), ...sorted('changed') }] : []),
      ],
      empty: text(emptyOf(data.source, isFiltered, nextCursor)),
      ...(isOurs &&
        data.people.length > 0 && {
          selection: selectionOf(visit, { contactCenter: center.id, search, signIn }, data, {
            isPart: nextCursor !== undefined || Boolean(cursor),
          }),
        }),
      rows: data.people.map((person) => ({
        ...(person.id !== undefined && { choice: { value: person.id, label: person.userName } }),
        cells: [
          {
            text: person.userName,
            href: addressOf('person', { user: person.userName, contactCenter: center.id }),
          },
          { text: person.name ?? '' },
          { text: person.email ?? '' },
          { text: '', badge: stateOf(text, person) },
          ...(isOurs ? [{ text: changedText(visit, person) }] : []),
        ],
      })),
      ...pageOfRows(
        text,
        { path: peoplePath, query },
        { cursor, row },
        { rows: data.people.length, nextCursor, total },
      ),
    },
  };
}

/** Nobody is shown by the name that was searched for: the explanation says why the person of it cannot sign in. */
const explainAction = ({ text }: ConsoleVisit, contactCenter: string, user: string) =>
  user === ''
    ? []
    : [{ label: text('console.people.explain'), href: addressOf('explanation', { user, contactCenter }) }];

const headOf = (
  { text, rights }: ConsoleVisit,
  { id, name }: Pick<ContactCenter, 'id' | 'name'>,
  search: string,
) => ({
  title: text('console.people.of', { name }),
  breadcrumbs: rights.installation ? [{ label: text('console.people.title'), href: peoplePath }] : [],
  search: {
    action: peoplePath,
    hidden: { contactCenter: id },
    value: search,
    label: text('console.people.search'),
  },
});

/** The directory of the people cannot be asked. */
export const awayPage = (
  visit: ConsoleVisit,
  center: Pick<ContactCenter, 'id' | 'name'>,
  { search }: Pick<PeopleTerms, 'search'>,
): ListPage => ({
  ...headOf(visit, center, search),
  actions: explainAction(visit, center.id, search),
  table: {
    caption: visit.text('console.people.title'),
    columns: [],
    rows: [],
    empty: visit.text('console.people.away'),
  },
});

const changedText = ({ text }: ConsoleVisit, { changedAt }: ListedPersonView) =>
  changedAt === undefined ? '' : text('console.at', { at: new Date(changedAt) });

/** The buttons below the list. `isPart`: the list has other pages. */
function selectionOf(
  { text, rights }: ConsoleVisit,
  hidden: Record<string, string>,
  { people }: PeoplePage,
  { isPart }: { isPart: boolean },
): NonNullable<Table['selection']> {
  const ids = people.flatMap(({ id }) => id ?? []);
  return {
    action: `${peoplePath}/selection`,
    hidden,
    all: [
      {
        name: 'person',
        value: ids.join(' '),
        label: text('console.people.selection.page', { count: ids.length }),
        marksRows: true,
      },
      ...(isPart
        ? [
            {
              name: 'everybody',
              value: 'found',
              label: text('console.people.selection.found', { limit: maxChosen }),
            },
          ]
        : []),
    ],
    label: text('console.people.selection'),
    buttons: (rights.lesser.length === 0 ? steps : helps).map((value) => ({
      value,
      label: text(`console.people.selection.${value}`),
    })),
  };
}

/** A filtered page may be empty although there are more people: each looks at some of them. */
function emptyOf(source: PeoplePage['source'], isFiltered: boolean, next: string | undefined) {
  if (!isFiltered) return isOwnDirectory(source) ? 'console.people.empty.own' : 'console.people.empty';
  return next === undefined ? 'console.table.noMatch' : 'console.people.signIn.goesOn';
}

const kinds = { allowed: 'good', restricted: 'plain', unknown: 'bad', refused: 'bad' } as const;

/** The cause as Explain would name it, as far as a list knows. */
export function stateOf(
  text: ConsoleVisit['text'],
  { state, signIn }: ListedPersonView,
): NonNullable<Cell['badge']> {
  if (signIn !== undefined) {
    const key = `sentence.state.${signIn.reason ?? signIn.verdict}`;
    if (isTextKey(key)) return { text: text(key), kind: kinds[signIn.verdict] };
  }
  return { text: text(`console.people.state.${state}`), kind: state === 'active' ? 'good' : 'bad' };
}
