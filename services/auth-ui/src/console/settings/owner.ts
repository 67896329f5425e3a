/** Says whose settings a page is about: those of a contact centre, or those that all contact centres inherit. */
import type { ConsolePage } from '../shell/pages.ts';

export interface SettingsOwner {
  /** Of the contact centre; undefined: of all. */
  id: string | undefined;
  /** Where its settings are listed. */
  path: string;
  /** The header of the list. */
  header: Pick<ConsolePage, 'title' | 'breadcrumbs' | 'tabs'>;
  /** The breadcrumbs of the pages below the list. */
  breadcrumbs: { label: string; href: string }[];
}
