/** Names what pages are about: where its list is, and what the list and the pages below it are called. */
import type { TextKey } from '../../texts/texts.ts';
import type { ConsoleVisit } from './shell.ts';

export interface Resource {
  /** Of its list. */
  path: string;
  title: TextKey;
  lead: TextKey;
  /** Of the list without a row. */
  empty: TextKey;
}

/** The breadcrumbs of a page below the list. */
export function breadcrumbsBelowList({ text }: Pick<ConsoleVisit, 'text'>, { path, title }: Resource) {
  return [{ label: text(title), href: path }];
}
