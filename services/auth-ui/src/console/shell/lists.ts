/** Serves the lists of the console: a search above them, a column for each thing that is shown, and page by page. */
import type { Total } from '@gatehouse/contracts/answers';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { TextKey } from '../../texts/texts.ts';
import { type ListPage, listView } from './pages.ts';
import { addressOf, cutToPage, pageNumber, pageOfRows, rangeText, rowNumber } from './paging.ts';
import type { Cell, Row, Search, Table } from './parts.ts';
import type { Resource } from './resource.ts';
import type { ConsoleVisit, Shell } from './shell.ts';
import { typedText } from './typed.ts';

export interface Column<Item> {
  label: TextKey;
  cell: (item: Item) => Cell;
  /** The name by which the API sorts by it. */
  sort?: string;
}

interface TableOf<Item> extends Pick<Table, 'next' | 'first' | 'range'> {
  caption: TextKey;
  empty: TextKey;
  columns: readonly Column<Item>[];
  items: readonly Item[];
  actions?: ((item: Item) => Row['actions']) | undefined;
  /** How it is sorted, and the address of the list in another order. */
  sorting?: Sorting | undefined;
}

export interface Sorting {
  sort: string;
  addressIn: (sort: string) => string;
}

/** Another click turns the order round, and the third one leads back to that of the API. */
export function sortOf(
  column: string,
  { sort, addressIn }: Sorting,
): NonNullable<Table['columns'][number]['sort']> {
  const last = `-${column}`;
  if (sort === column) return { href: addressIn(last), direction: 'ascending' };
  if (sort === last) return { href: addressIn(''), direction: 'descending' };
  return { href: addressIn(column) };
}

export function tableOf<Item>({ text }: Pick<ConsoleVisit, 'text'>, table: TableOf<Item>): Table {
  const { caption, empty, columns, items, actions, sorting, ...pages } = table;
  return {
    caption: text(caption),
    columns: columns.map(({ label, sort }) => ({
      label: text(label),
      ...(sort !== undefined && sorting && { sort: sortOf(sort, sorting) }),
    })),
    empty: text(empty),
    rows: items.map((item) => ({
      cells: columns.map(({ cell }) => cell(item)),
      actions: actions?.(item) ?? [],
    })),
    ...pages,
  };
}

/** One page of a list, or with `all` the whole, which is cut here. */
type Found<Item> =
  | ({ rows: readonly Item[]; nextCursor?: string | undefined } & Total)
  | { all: readonly Item[] };

const ownQuery = {
  search: typedText(128),
  cursor: z.string().max(2048).optional(),
  row: rowNumber,
  page: pageNumber,
  sort: z.enum(['', 'name', '-name']).catch('').default(''),
};

type Sort = z.output<typeof ownQuery.sort>;

type Query<Filters extends z.ZodRawShape> = z.output<z.ZodObject<typeof ownQuery & Filters>>;

interface ListRoute<Item, Filters extends z.ZodRawShape, Seen extends Found<Item>> {
  resource: Resource;
  /** Further fields of the address, which stay from page to page. */
  filters?: Filters;
  read: (visit: ConsoleVisit, query: Query<Filters>) => Promise<Seen>;
  columns: (visit: ConsoleVisit, found: Seen) => readonly Column<Item>[];
  actions?: (visit: ConsoleVisit, item: Item) => Row['actions'];
  /** The label of the search above the list; without it there is none. */
  search?: TextKey;
  /** Further fields of the search, beside its words. */
  searchBy?: (visit: ConsoleVisit, query: Query<Filters>, found: Seen) => Partial<Search>;
  /** The text for people who administer one contact centre. */
  ofOwn?: Pick<Resource, 'lead' | 'empty'>;
  /** Answers people for whom the list is nothing. */
  elsewhere?: (visit: ConsoleVisit) => Promise<FastifyReply> | undefined;
  /** Where it differs from other lists. */
  more?: (visit: ConsoleVisit, query: Query<Filters>, found: Seen) => Partial<ListPage>;
}

export function listRoute<
  Item,
  Seen extends Found<Item>,
  Filters extends z.ZodRawShape = Record<never, never>,
>(
  pages: App,
  shell: Shell,
  {
    resource,
    filters,
    read,
    columns,
    actions,
    search,
    searchBy,
    ofOwn,
    elsewhere,
    more,
  }: ListRoute<Item, Filters, Seen>,
): void {
  const query = z.object({ ...ownQuery, ...filters });
  pages.get('', { schema: { hide: true, querystring: query } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const answered = elsewhere?.(visit);
    if (answered !== undefined) return answered;
    const asked = request.query as unknown as Query<Filters>;
    const found = await read(visit, asked);
    const { cursor, row, page, sort, ...kept } = asked as Query<Record<never, never>>;
    const isWhole = Object.values(kept).every((value) => value === '');
    const none = kept.search === '' ? 'console.table.emptySelection' : 'console.table.noMatch';
    const shown = shownOf<Item>(visit, found, resource.path, { ...kept, sort }, { cursor, row, page });
    const { text } = visit;
    const { lead, empty } = visit.rights.installation ? resource : { ...resource, ...ofOwn };
    return shell.show(visit, listView, {
      title: text(resource.title),
      lead: text(lead),
      ...(search && {
        search: {
          action: resource.path,
          value: kept.search,
          label: text(search),
          clear: isWhole ? undefined : resource.path,
          ...withSort(sort, searchBy?.(visit, asked, found)),
        },
      }),
      table: tableOf<Item>(visit, {
        caption: resource.title,
        empty: isWhole && !cursor ? empty : none,
        columns: columns(visit, found),
        ...shown,
        sorting: { sort, addressIn: (other) => addressOf(resource.path, { ...kept, sort: other }) },
        actions: actions && ((item) => actions(visit, item)),
      }),
      ...more?.(visit, asked, found),
    });
  });
}

/** A search keeps the order. */
const withSort = (sort: Sort, search: Partial<Search> = {}): Partial<Search> =>
  sort === '' ? search : { ...search, hidden: { ...search.hidden, sort } };

function shownOf<Item>(
  { text }: ConsoleVisit,
  found: Found<Item>,
  path: string,
  query: Readonly<Record<string, string>>,
  { cursor, row, page }: { cursor: string | undefined; row: number; page: number },
): Pick<TableOf<Item>, 'items' | 'next' | 'first' | 'range'> {
  if ('rows' in found) {
    const { rows: items, nextCursor, total, totalAtLeast } = found;
    const ofPage = { rows: items.length, nextCursor, total, totalAtLeast };
    return { items, ...pageOfRows(text, { path, query }, { cursor, row }, ofPage) };
  }
  const { items, shown, pages } = cutToPage(found.all, path, query, { page });
  return { items, ...pages, range: rangeText(text, shown, pages.next !== undefined) };
}
