/** Builds the addresses of the pages of a list: the search stays, the cursor changes. */
import type { Total } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import type { Text } from '../../texts/texts.ts';
import type { Table } from './parts.ts';

/** More of them would make a page too heavy for a slow line. */
export const rowsPerPage = 50;

/** The number of the first row of a page, beside its cursor. */
export const rowNumber = z.coerce.number().int().min(1).max(10_000_000).catch(1);

/** The number of a page of a list that an API answers whole. A text that is no number stands for the first page. */
export const pageNumber = z.coerce.number().int().min(1).max(100_000).catch(1);

/** `path` with what of the query is not empty. */
export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** `current`: the cursor of this page, which the first one does not have. `name`: of the cursor in the address. */
export function pagesOf(
  path: string,
  query: Readonly<Record<string, string>>,
  {
    current,
    next,
    name = 'cursor',
  }: { current?: string | undefined; next?: string | undefined; name?: string },
): Pick<Table, 'next' | 'first'> {
  return {
    next: next === undefined ? undefined : addressOf(path, { ...query, [name]: next }),
    first: current ? addressOf(path, query) : undefined,
  };
}

/** The rows of a page by their numbers, with how many there are where the API counts them: events of the audit would take too long. */
export interface Shown extends Total {
  from: number;
  to: number;
}

/** Nothing where all rows are shown. */
export function rangeText(
  text: Text,
  { from, to, total, totalAtLeast }: Shown,
  hasMore: boolean,
): string | undefined {
  if ((from === 1 && !hasMore) || to < from) return undefined;
  if (totalAtLeast !== undefined)
    return text('console.table.rangeOfMany', { from, to, total: totalAtLeast - 1 });
  if (total !== undefined) return text('console.table.range', { from, to, total });
  return text(hasMore ? 'console.table.rangeOf' : 'console.table.rangeLast', { from, to });
}

/** One page of a list that an API answers page by page. `row`: the number of its first row, where a cursor leads. */
export function pageOfRows(
  text: Text,
  { path, query }: { path: string; query: Readonly<Record<string, string>> },
  { cursor, row }: { cursor?: string | undefined; row: number },
  { rows, nextCursor, ...total }: { rows: number; nextCursor?: string | undefined } & Total,
): Pick<Table, 'next' | 'first' | 'range'> {
  const from = cursor ? row : 1;
  const to = from + rows - 1;
  return {
    next: nextCursor && addressOf(path, { ...query, cursor: nextCursor, row: String(to + 1) }),
    first: pagesOf(path, query, { current: cursor }).first,
    range: rangeText(text, { from, to, ...total }, nextCursor !== undefined),
  };
}

/** One page of a list that an API answers whole. `name`: of the number in the address; `size`: where a page has two lists. */
export function cutToPage<Item>(
  items: readonly Item[],
  path: string,
  query: Readonly<Record<string, string>>,
  { page, name = 'page', size = rowsPerPage }: { page: number; name?: string; size?: number },
): { items: readonly Item[]; shown: Shown; pages: Pick<Table, 'next' | 'first'> } {
  // A page that is no longer there, because rows were deleted, is the last one.
  const at = Math.min(page, Math.max(1, Math.ceil(items.length / size)));
  const from = (at - 1) * size;
  return {
    items: items.slice(from, from + size),
    shown: { from: from + 1, to: Math.min(from + size, items.length), total: items.length },
    pages: pagesOf(path, query, {
      name,
      current: at > 1 ? String(at) : undefined,
      next: from + size < items.length ? String(at + 1) : undefined,
    }),
  };
}
