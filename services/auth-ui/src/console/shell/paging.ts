/** Builds the addresses of the pages of a list: the search stays, the cursor changes. */
import type { Table } from './parts.ts';

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
