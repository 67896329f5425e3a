/** Names the templates of the shell and of the pages that several areas use, with the data that each needs. */
import type { Message } from '../../pages/message.ts';
import type { Fact, Form, Search, Table } from './parts.ts';

/** The data that every page of the console has. */
export interface ConsolePage {
  title: string;
  /** One or two sentences below the title. */
  lead?: string;
  /** Pages above this one. */
  breadcrumbs?: { label: string; href: string }[];
  /** Links beside the title. One that deletes or ends something stands last, and quieter. */
  actions?: { label: string; href: string; isMain?: boolean; isEnding?: boolean }[];
  /** Further links beside the title, folded up, each with a sentence. */
  menu?: {
    label: string;
    links: { label: string; href: string; text: string; isEnding?: boolean }[];
  };
  /** Pages beside this one, about the same thing. */
  tabs?: { label: string; href: string; isCurrent: boolean }[];
  message?: Message | undefined;
  /** Documents of configuration as code manage the thing of the page. */
  managed?: { title: string; text: string };
  /** Looks whether the thing of the page works: offered where the last form saved something that does not. */
  check?: { action: string; label: string };
}

/** A template below `views/console/`, and the data that it needs. Areas make their own. */
export interface ConsoleView<_Data extends ConsolePage> {
  template: string;
}

export function consoleView<Data extends ConsolePage>(template: string): ConsoleView<Data> {
  return { template: `console/${template}` };
}

/** Asks before something is deleted or ended: nothing has happened yet. */
export interface ConfirmPage extends ConsolePage {
  facts?: Fact[];
  form: Form;
}
export const confirmView = consoleView<ConfirmPage>('confirm');

/** Shows the facts about one thing. */
export interface FactsPage extends ConsolePage {
  facts: Fact[];
}
export const factsView = consoleView<FactsPage>('facts');

/** Shows the facts about one thing in several parts. */
export interface FactPartsPage extends ConsolePage {
  parts: { title: string; text?: string; facts: Fact[] }[];
}
export const factPartsView = consoleView<FactPartsPage>('fact-parts');

/** One list, with a search above it where it can be long. */
export interface ListPage extends ConsolePage {
  search?: Search;
  table: Table;
}
export const listView = consoleView<ListPage>('list');

/** Several lists, most with a title; a search above them, or a form below them. */
export interface TablesPage extends ConsolePage {
  search?: Search;
  parts: { title?: string; lead?: string; table: Table }[];
  form?: Form;
}
export const tablesView = consoleView<TablesPage>('tables');

/** A page that is one form. */
export interface FormPage extends ConsolePage {
  form: Form;
}
export const formView = consoleView<FormPage>('form');

/** Shows a secret that no page will show again. It is the answer to the form, so it is not kept anywhere. */
export interface ShownOncePage extends ConsolePage {
  values: { label: string; value: string }[];
  warning: string;
  next: { label: string; href: string };
}
export const shownOnceView = consoleView<ShownOncePage>('shown-once');

/** Somebody else changed the same thing meanwhile (412). Nothing is overwritten before the person has chosen. */
export interface ComparisonPage extends ConsolePage {
  rows: { label: string; mine: string; theirs: string }[];
  /** Sends what the person had entered, with the `ifMatch` of the newer version. */
  form: Form;
}
export const comparisonView = consoleView<ComparisonPage>('comparison');

/** An error, or a page that the person may not see. */
export interface ProblemPage extends ConsolePage {
  reference?: string | undefined;
  next?: { label: string; href: string } | undefined;
}
export const problemView = consoleView<ProblemPage>('problem');
