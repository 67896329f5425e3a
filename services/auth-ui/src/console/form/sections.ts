/** Shows inputs as the sections of a form, in the order that the page names. */
import type { TextKey } from '../../texts/texts.ts';
import type { Form, FormField } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { paletteColor } from './colors.ts';
import {
  chosenOf,
  type Input,
  type InputOption,
  isPicked,
  isSame,
  optionName,
  pickedOf,
  type Typed,
  textAt,
  typedOf,
} from './inputs.ts';
import { textsField } from './languages.ts';
import { isSearched, searchedIn } from './searches.ts';

export interface Section {
  title?: TextKey;
  text?: TextKey;
  inputs: readonly Input[];
  /** It is folded while each field has the value of something new. */
  folds?: boolean;
}

/** Makes sections with the title `<below>.<name>` and the text `<below>.<words>`. */
export const sectionsBelow =
  (below: string) =>
  (name: string, inputs: readonly Input[], words = `${name}.text`): Section => ({
    title: `${below}.${name}` as TextKey,
    text: `${below}.${words}` as TextKey,
    inputs,
  });

type Texts = Pick<ConsoleVisit, 'text' | 'language'>;

export function sectionsOf(visit: Texts, sections: readonly Section[], typed: Typed): Form['sections'] {
  const { text } = visit;
  return sections.map(({ title, text: words, inputs, folds }) => ({
    ...(title && { title: text(title) }),
    ...(words && { text: text(words) }),
    ...(folds && { isFolded: isAsNew(inputs, typed) && !inputs.some(({ path }) => isSearched(typed, path)) }),
    fields: inputs.map((input) => fieldOf(visit, input, typed)),
  }));
}

function isAsNew(inputs: readonly Input[], typed: Typed): boolean {
  const fresh = typedOf(inputs);
  return inputs.every((input) => isSame(input, typed, fresh));
}

const appearances: Record<Input['kind'], Partial<FormField> & Pick<FormField, 'kind'>> = {
  text: { kind: 'text' },
  number: { kind: 'number' },
  flag: { kind: 'check' },
  choice: { kind: 'select' },
  choices: { kind: 'checks' },
  lines: { kind: 'textarea', rows: 3 },
  json: { kind: 'textarea', rows: 6, isCode: true },
  secret: { kind: 'password' },
  file: { kind: 'file' },
  texts: { kind: 'texts', rows: 2 },
};

export function fieldOf(visit: Texts, input: Input, typed: Typed): FormField {
  const { text } = visit;
  const { path: name, kind, label, hint, appearance = {}, isRequired } = input;
  const value = kind === 'secret' ? '' : textAt(typed, name);
  return {
    name,
    label: text(label),
    hint: hint && text(hint),
    ...(isRequired === undefined ? {} : { isRequired }),
    ...appearances[kind],
    ...(kind === 'secret' && { isSecret: true }),
    value,
    ...(kind === 'flag' ? flagField(visit, input, value) : {}),
    ...(input.options ? { options: optionsOf(visit, input, value) } : {}),
    ...(kind === 'choices' ? { options: boxesOf(visit, input, typed) } : {}),
    ...(kind === 'texts' ? textsField(visit, input, typed) : {}),
    ...appearance,
    ...(isPicked(input) ? pickerOf(input, typed) : {}),
    ...(input.reference === 'color' && { kind: 'color', palette: paletteColor(value) }),
  };
}

/** Names, and what can be chosen, are read before the page is shown (`pickers.ts`). */
function pickerOf(input: Input, typed: Typed): Partial<FormField> {
  const { path, kind, reference } = input;
  const values = pickedOf(input, typed);
  return {
    kind: 'picker',
    value: values.join('\n'),
    picker: { reference, isMany: kind === 'lines', words: searchedIn(typed, path) },
  };
}

/** A flag that can be taken away has a third state, which no check box shows. */
function flagField({ text }: Texts, { empty }: Input, value: string): Partial<FormField> {
  if (empty !== 'clear') return { isChecked: value === 'true' };
  const option = (of: string, key: TextKey) => ({ value: of, label: text(key) });
  const options = [
    option('', 'console.form.unset'),
    option('true', 'console.comparison.yes'),
    option('false', 'console.form.no'),
  ];
  return { kind: 'select', options };
}

/** A choice that is not required may be taken back; a value that a newer server knows stays. */
function optionsOf(visit: Texts, { options = [], isRequired }: Input, value: string) {
  const known = options.some((option) => option.value === value) || value === '';
  const unset = isRequired || options.some((option) => option.value === '');
  return [
    ...(unset ? [] : [{ value: '', label: visit.text('console.form.unset') }]),
    ...options.map((option) => shownOption(visit, option)),
    ...(known ? [] : [{ value, label: value }]),
  ];
}

function boxesOf(visit: Texts, input: Input, typed: Typed) {
  const chosen = chosenOf(input, typed);
  const options = input.options ?? [];
  const further = chosen.filter((value) => !options.some((option) => option.value === value));
  return [...options, ...further.map((value): InputOption => ({ value }))].map((option) => ({
    ...shownOption(visit, option),
    name: optionName(input.path, option.value),
    isChecked: chosen.includes(option.value),
  }));
}

function shownOption({ text }: Texts, { value, label, hint }: InputOption) {
  return { value, label: label ? text(label) : value, hint: hint && text(hint) };
}

/** `redirectURIs.1`, or `ldap.servers.1.port`, is said beside the field of the lines, and the message names the second line. */
export function besideLines({ text }: Texts, inputs: readonly Input[], problem: Problem): Problem {
  const fields: Record<string, string> = {};
  for (const [name, message] of Object.entries(problem.fields)) {
    const [, path = name, index] = /^(.*?)\.(\d+)(?:\..*)?$/.exec(name) ?? [];
    const isLine =
      index !== undefined && inputs.some((input) => input.path === path && input.kind === 'lines');
    const line = Number(index) + 1;
    const said = isLine
      ? text('console.clients.line', { line, message: message.replace(`data.${name}: `, '') })
      : message;
    const at = isLine ? path : name;
    fields[at] = fields[at] === undefined ? said : `${fields[at]} ${said}`;
  }
  return { ...problem, fields };
}
