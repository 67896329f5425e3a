/** Defines the page of several parts, each with facts, a table, a picture or a text as it is stored. */
import { type ConsolePage, consoleView } from '../shell/pages.ts';
import type { Table } from '../shell/parts.ts';
import type { Graph } from './exchange-graph.ts';

export interface Fact {
  label: string;
  /** One line each. */
  values: string[];
  isCode?: boolean;
  note?: string | undefined;
  /** Where the lines lead to, in their order. */
  hrefs?: (string | undefined)[] | undefined;
  badge?: { text: string; kind: 'good' | 'bad' | 'plain' } | undefined;
}

export interface Part {
  title?: string;
  lead?: string;
  facts?: Fact[];
  table?: Table | undefined;
  /** Of the same kind, and read only by somebody who wants all of it. */
  folded?: { label: string; table: Table } | undefined;
  code?: { label: string; text: string };
  graph?: Graph | undefined;
}

export interface PartsPage extends ConsolePage {
  parts: Part[];
}

export const partsView = consoleView<PartsPage>('clients/parts');
