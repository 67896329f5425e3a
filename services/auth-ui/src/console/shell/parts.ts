/** Defines the parts that pages of the console consist of; each has a template in `views/console/partials/`. */
import type { Reference } from '@gatehouse/contracts/resource';
import type { Problem } from './problem.ts';

/** `partials/table`: rows of one kind. On a phone each row becomes a card. */
export interface Table {
  /** For screen readers. */
  caption: string;
  columns: {
    label: string;
    isNumber?: boolean;
    /** Leads to the list in another order; the order that it has now by this column. */
    sort?: { href: string; direction?: 'ascending' | 'descending' };
  }[];
  rows: Row[];
  /** Shown where there is no row. */
  empty: string;
  /** A GET form around the rows: `step` says which button was used, `person` who was chosen. */
  selection?: {
    action: string;
    hidden: Readonly<Record<string, string>>;
    label: string;
    /** Boxes that stand for several rows; one of them `marksRows` that are shown. */
    all: { name: string; value: string; label: string; marksRows?: boolean }[];
    buttons: { value: string; label: string }[];
  };
  /** The numbers of the first and last row shown, and of all. */
  range?: string | undefined;
  /** The next page; absent on the last one. */
  next?: string | undefined;
  /** The first page, when this is another one. */
  first?: string | undefined;
}

export interface Row {
  /** The box of the row in a list with a selection. */
  choice?: { value: string; label: string };
  cells: Cell[];
  /** Links at the end of the row: each leads to a page of its own. */
  actions?: RowAction[];
}

interface RowAction {
  label: string;
  href: string;
  /** For screen readers: names the row. */
  describes: string;
  /** Deletes or ends something: stands last, and quieter. */
  isEnding?: boolean;
}

export interface Cell {
  text: string;
  href?: string | undefined;
  /** A second line. */
  note?: string | undefined;
  /** Identifiers and addresses below it, each with its button to copy it. */
  ids?: readonly string[];
  /** The words of an API, which are English in every language of the page. */
  isNoteEnglish?: boolean;
  badge?: { text: string; kind: 'good' | 'bad' | 'plain' } | undefined;
  isCode?: boolean;
  /** Short, and read as a whole: is not broken into lines. */
  isWhole?: boolean;
}

/** `partials/facts`: a line about one thing. */
export interface Fact {
  label: string;
  value: string;
  isCode?: boolean;
  href?: string | undefined;
}

/** `partials/search`: a GET form above a table. */
export interface Search {
  action: string;
  value: string;
  label: string;
  hint?: string | undefined;
  /** Sent along as they are. */
  hidden?: Readonly<Record<string, string>>;
  /** Selects beside the words. */
  filters?: FormField[];
  /** Leads to the list without a search; present where there is one. */
  clear?: string | undefined;
}

/** None where nothing is known. */
export function factOf(label: string, value: string | undefined, isCode = false): Fact[] {
  return value === undefined || value === '' ? [] : [{ label, value, isCode }];
}

export interface FormField {
  /** As the API names it: its message is then shown beside the field. */
  name: string;
  label: string;
  kind:
    | 'text'
    | 'password'
    | 'number'
    | 'url'
    | 'email'
    | 'date'
    | 'datetime-local'
    | 'textarea'
    | 'select'
    | 'choice'
    | 'check'
    | 'checks'
    | 'picker'
    | 'texts'
    | 'color'
    | 'file';
  value?: string | undefined;
  /** Of a `check`. */
  isChecked?: boolean;
  /** Of a `select` (a list), a `choice` (buttons with an explanation), `checks` (boxes, each with a name of its own) or a `picker`. */
  options?: FieldOption[];
  picker?: Picker;
  /** Of `texts`: one for each language that is shown. Its `options` are the languages that can be added. */
  texts?: readonly { language: string; label: string; name: string; value: string }[];
  /** Of a `color`: what its palette shows. */
  palette?: string;
  /** Values to choose from: of a text, which takes others, too. */
  suggestions?: readonly string[];
  hint?: string | undefined;
  problem?: string | undefined;
  isRequired?: boolean;
  isReadOnly?: boolean;
  /** Goes into no page, whatever it looks like. */
  isSecret?: boolean;
  /** Code, addresses, identifiers: in a fixed width and without spelling help. */
  isCode?: boolean;
  maxLength?: number;
  /** Lines of a `textarea`. */
  rows?: number;
  autocomplete?: string;
  placeholder?: string;
}

/** Values are chosen by name. Its `options` are those that are chosen, and those that were found. */
export interface Picker {
  reference: Reference | undefined;
  isMany: boolean;
  /** The words that were searched; undefined: no search was asked for. */
  words: string | undefined;
  /** The page knows them all: nothing is read. */
  all?: readonly FieldOption[];
  /** More can be found than is shown, so that there is a search. */
  isCut?: boolean;
  /** Values that no option shows: they are typed. */
  typed?: readonly string[];
  /** Says what is typed. */
  typing?: string;
}

export interface FieldOption {
  value: string;
  label: string;
  hint?: string | undefined;
  name?: string;
  isChecked?: boolean;
}

/** `partials/form`: a POST form. It sends the session's token and a key of its own along by itself. */
export interface Form {
  action: string;
  /** A GET form: it only leads to another page, and needs no token. */
  isRead?: boolean;
  /** Sent as they are; an `ifMatch` belongs here. */
  hidden?: Readonly<Record<string, string>>;
  sections: FormSection[];
  submit: string;
  /** A second button: what was typed is sent with its value, for something else than `submit`. */
  other?: {
    label: string;
    name: string;
    value: string;
    /** The form stays as it is, with the secrets that no page sends back. */
    opensTab?: boolean;
  };
  /** Where "Cancel" leads. */
  cancel?: string | undefined;
  /** Sends a file, so that no other coding of the form will do. */
  isMultipart?: boolean;
  /** Deletes or ends something. */
  isDangerous?: boolean;
  /** Why it was refused, where that is about no single field. */
  problem?: string | undefined;
}

export interface FormSection {
  title?: string;
  text?: string;
  /** Can be folded, and is: a page opens such a section where a field of it was refused. */
  isFolded?: boolean;
  fields: FormField[];
}

/** Puts the messages of a refusal beside the fields, and the rest above the form. */
export function withProblem(form: Form, problem: Pick<Problem, 'message' | 'fields'>): Form {
  const names = form.sections.flatMap(({ fields }) => fields.map(({ name }) => name));
  /** A list is one field, and the API names the entry that is wrong: `baseDns.1`. Another field may begin with its name. */
  const isAbout = (named: string, name: string) =>
    named === name || (named.startsWith(`${name}.`) && !names.includes(named));
  const about = (name: string) => Object.entries(problem.fields).find(([named]) => isAbout(named, name))?.[1];
  const isAboutField = names.some((name) => about(name) !== undefined);
  return {
    ...form,
    sections: form.sections.map((section) => ({
      ...section,
      ...(section.isFolded && { isFolded: !section.fields.some(({ name }) => about(name)) }),
      fields: section.fields.map((field) => ({
        ...field,
        problem: about(field.name) ?? field.problem,
      })),
    })),
    problem: isAboutField ? undefined : problem.message,
  };
}
