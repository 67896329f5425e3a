/** Defines how people type the fields of a body, and turns typed texts into values and back. */
import { type DescribedKind, putAt, type Reference } from '@gatehouse/contracts/resource';
import { isTextKey, type Text, type TextKey } from '../../texts/texts.ts';
import type { FormField } from '../shell/parts.ts';
import { RefusedForm } from '../shell/problem.ts';
import { linesOf, numberOf } from '../shell/typed.ts';

/** A form as it was sent: texts by the name of their field. */
export type Typed = Readonly<Record<string, unknown>>;

/** A `secret` is never shown. The content of a `file` becomes the text of another field (`upload.ts`). `texts` have a field for each language (`languages.ts`). */
export type InputKind = DescribedKind | 'secret' | 'file' | 'texts';

/** Between the text of a field and the value of the API. */
export interface Reading {
  shown: (value: unknown) => string;
  /** A text that it does not understand is returned as typed, so that the API can say what is wrong. @throws SyntaxError */
  read: (text: string) => unknown;
}

export interface InputOption {
  value: string;
  /** Undefined: the value itself. */
  label?: TextKey | undefined;
  hint?: TextKey | undefined;
}

export interface Input {
  /** Its place in the body, as refusals name it: `ldap.filters.person`. */
  path: string;
  kind: InputKind;
  label: TextKey;
  hint?: TextKey | undefined;
  options?: readonly InputOption[];
  isRequired?: boolean;
  /** How a field without text is sent: as `null`, which takes the value away, or not at all. Undefined: as an empty text. */
  empty?: 'clear' | 'leave' | undefined;
  /** The kind of thing that its values name. */
  reference?: Reference | undefined;
  /** The text of a new form; of `choices` one value in each line. */
  initial?: string;
  /** Instead of that of its kind. */
  reading?: Reading;
  /** Takes the place of the appearance that fields of its kind have. */
  appearance?: Partial<FormField>;
}

/** Makes inputs whose labels are the texts `<below>.<path>`, and whose hints, where there are some, `<below>.<path>.hint`. @throws Error at the start where a text is missing */
export const inputsBelow =
  (below: string) =>
  (path: string, kind: InputKind, more: Partial<Input> = {}): Input => {
    const label = more.label ?? `${below}.${path}`;
    if (!isTextKey(label)) throw new Error(`there is no text ${label}`);
    const hint = `${below}.${path}.hint`;
    return {
      path,
      kind,
      ...(isTextKey(hint) && { hint }),
      ...more,
      label,
    };
  };

/** Options whose labels are the texts `<below>.<value>`, with the hints below them where there are some. @throws Error at the start where a text is missing */
export const optionsBelow = (below: string, values: readonly string[]): InputOption[] =>
  values.map((value) => {
    const label = `${below}.${value}`;
    if (!isTextKey(label)) throw new Error(`there is no text ${label}`);
    const hint = `${label}.hint`;
    return { value, label, hint: isTextKey(hint) ? hint : undefined };
  });

const plain: Reading = { shown: String, read: (text) => text };

/** A moment in UTC, as the control of a browser has it and as people type it: `2027-01-31T12:00`, with a space, with `Z` or `UTC`. */
export const moment: Reading = {
  shown: (value) => String(value).replace(/(?::00)?(?:\.\d+)?Z$/, ''),
  read(typed) {
    const text = typed
      .trim()
      .replace(' ', 'T')
      .replace(/ ?(?:UTC|Z)$/i, '');
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)) return typed.trim();
    return `${text}${text.length === 16 ? ':00' : ''}Z`;
  },
};

const readings: Record<Exclude<InputKind, 'choices' | 'file' | 'texts'>, Reading> = {
  text: plain,
  choice: plain,
  secret: { shown: () => '', read: plain.read },
  number: { shown: String, read: numberOf },
  flag: { shown: String, read: (text) => text === 'true' },
  lines: { shown: (value) => (value as unknown[]).join('\n'), read: linesOf },
  json: { shown: (value) => JSON.stringify(value, undefined, 2), read: (text) => JSON.parse(text) },
};

/** Values that have no spaces: one in each line, or several in one. */
export const words: Reading = {
  shown: readings.lines.shown,
  read: (text) => text.split(/\s+/).filter((value) => value !== ''),
};

export const optionName = (path: string, value: string) => `${path}.${value}`;

/** The texts that a form shows at first, of something new or of something that exists. */
export function typedOf(inputs: readonly Input[], record?: object): Typed {
  return Object.fromEntries(
    inputs.flatMap((input): [string, string][] => {
      const { path, kind, initial = '' } = input;
      const value = record && valueAt(record, path.split('.'));
      if (kind === 'choices') {
        const chosen = record === undefined ? linesOf(initial) : ((value ?? []) as string[]);
        return chosen.map((one) => [optionName(path, one), 'true']);
      }
      if (kind === 'texts')
        return Object.entries(value ?? {}).map(([language, words]) => [optionName(path, language), words]);
      if (kind === 'file' || (record !== undefined && value == null)) return [[path, '']];
      return [[path, record === undefined ? initial : readingOf(input).shown(value)]];
    }),
  );
}

/** The fields of the form, and no others, as the call takes them: what does not fit its type is for the API to refuse. @throws RefusedForm */
export function bodyOf<Body = Record<string, unknown>>(
  { text }: { text: Text },
  inputs: readonly Input[],
  typed: Typed,
): Body {
  const body: Record<string, unknown> = {};
  const refused: Record<string, string> = {};
  for (const input of inputs) {
    try {
      const value = valueIn(input, typed);
      if (value !== undefined) putAt(body, input.path, value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      refused[input.path] = text('console.form.json', { detail: error.message });
    }
  }
  if (Object.keys(refused).length > 0) throw new RefusedForm(refused);
  return body as Body;
}

/** Inputs whose text says another thing than the form of `record` did: what nobody touched is not sent. */
export function changedInputs(inputs: readonly Input[], typed: Typed, record: object): Input[] {
  const before = typedOf(inputs, record);
  const member = ({ path }: Input) => path.split('.', 1)[0];
  const changed = new Set(inputs.filter((input) => !isSame(input, typed, before)).map(member));
  // An object of the body is replaced as a whole.
  return inputs.filter((input) => changed.has(member(input)));
}

export function isSame(input: Input, typed: Typed, other: Typed): boolean {
  try {
    return JSON.stringify(valueIn(input, typed)) === JSON.stringify(valueIn(input, other));
  } catch {
    return false;
  }
}

/** The text of a field; nothing where it was not sent. */
export function textAt(typed: Typed, name: string): string {
  const text = typed[name];
  return typeof text === 'string' ? text : '';
}

const languageTag = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

/** The fields of a text by their languages, also those without words: `greeting.en`, `greeting.pt-BR`. */
export function textsAt(typed: Typed, path: string): Record<string, string> {
  const start = optionName(path, '');
  const named = Object.keys(typed)
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
  return Object.fromEntries(
    named.filter((tag) => languageTag.test(tag)).map((tag) => [tag, textAt(typed, optionName(path, tag))]),
  );
}

/** A text as the API takes it: in one line, in the languages that have words. */
export function wordsAt(typed: Typed, path: string): Record<string, string> {
  const texts = Object.entries(textsAt(typed, path)).map(
    ([language, text]) => [language, text.replaceAll(/\s+/g, ' ').trim()] as const,
  );
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

/** The values that are chosen: options of the description, and others that a newer server had in the form. */
export function chosenOf({ path, options = [] }: Input, typed: Typed): string[] {
  const start = optionName(path, '');
  const known = options.map(({ value }) => value);
  const further = Object.keys(typed)
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
  return [...new Set([...known, ...further])].filter(
    (value) => textAt(typed, optionName(path, value)) === 'true',
  );
}

/** Its values are chosen by name, and can be typed beside that. */
export const isPicked = ({ kind, reference }: Input): boolean =>
  (kind === 'lines' || kind === 'text') &&
  reference !== undefined &&
  reference !== 'color' &&
  reference !== 'moment';

/** Ends the name of the buttons of a picker for one value. */
export const oneChosen = 'chosen';

/** The values of a picker: those whose boxes are ticked, then those that are typed. Of one value the typed one counts. */
export function pickedOf(input: Input, typed: Typed): string[] {
  const text = textAt(typed, input.path);
  if (input.kind !== 'lines') {
    const [one = textAt(typed, optionName(input.path, oneChosen))] = linesOf(text);
    return one === '' ? [] : [one];
  }
  return [...new Set([...chosenOf(input, typed), ...(readingOf(input).read(text) as string[])])];
}

function valueIn(input: Input, typed: Typed): unknown {
  const { path, kind, empty } = input;
  if (kind === 'file') return undefined;
  if (kind === 'choices') return chosenOf(input, typed);
  if (kind === 'texts') {
    const texts = wordsAt(typed, path);
    return Object.keys(texts).length > 0 || empty === undefined ? texts : null;
  }
  const sent = isPicked(input) ? pickedOf(input, typed).join('\n') : textAt(typed, path);
  const trimmed = kind === 'secret' ? sent : sent.trim();
  const text = input.reading === undefined ? trimmed : sent;
  if (trimmed !== '' || empty === undefined || (kind === 'flag' && empty === 'leave'))
    return readingOf(input).read(text);
  if (empty === 'leave') return undefined;
  return kind === 'lines' ? [] : null;
}

/** The text of a value; of `choices` one in each line. */
export const shownIn = (kind: Exclude<InputKind, 'file' | 'texts'>, value: unknown): string =>
  readings[kind === 'choices' ? 'lines' : kind].shown(value);

const readingOf = ({ kind, reading }: Input): Reading =>
  reading ?? readings[kind as Exclude<InputKind, 'choices' | 'file' | 'texts'>];

function valueAt(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return valueAt((value as Record<string, unknown>)[first], rest);
}
