/** Makes the inputs of a form, and the columns of a list, from the description of a resource. */
import {
  type DescribedInput,
  described,
  helpKey,
  inputsOf,
  labelKey,
  type Resource,
} from '@gatehouse/contracts/resource';
import { formatsIn } from '../../texts/formats.ts';
import type { TextKey } from '../../texts/texts.ts';
import type { Column } from '../shell/lists.ts';
import type { Cell } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type Input, moment, shownIn } from './inputs.ts';

interface GroupedInput extends Input {
  group: string;
}

/** Inputs of something new (`isNew`), or of a change: a change has no fixed fields, and keeps a secret that nobody types. */
export function describedInputs(resource: Resource, { isNew = false } = {}): GroupedInput[] {
  return inputsOf(resource)
    .filter(({ facts }) => isNew || !facts.isFixed)
    .map((input) =>
      input.facts.isSecret ? secretOf(resource, input, isNew) : inputOf(resource, input, isNew),
    );
}

/** The inputs at these paths, in this order. @throws Error at the start where there is no such field */
export const inputsAt = (inputs: readonly Input[], ...paths: string[]): Input[] =>
  paths.map((path) => {
    const found = inputs.find((input) => input.path === path);
    if (found === undefined) throw new Error(`there is no field ${path}`);
    return found;
  });

/** The columns of the description. `except`: fields that another column shows; `cells`: fields whose value is not shown as it is. */
export const describedColumns = <Item extends object>(
  visit: ConsoleVisit,
  resource: Resource,
  except: readonly string[],
  cells: Readonly<Record<string, (item: Item) => Cell>> = {},
): Column<Item>[] =>
  described(resource)
    .filter(([name, , { isColumn }]) => isColumn && !except.includes(name))
    .map(([name]) => ({
      label: labelKey(resource.name, name) as TextKey,
      cell: cells[name] ?? ((item) => cellOf(visit, (item as Readonly<Record<string, unknown>>)[name])),
    }));

function cellOf({ text, language }: ConsoleVisit, value: unknown): Cell {
  if (value === undefined || value === false) return { text: '' };
  if (value === true) return { text: text('console.comparison.yes') };
  const words = Array.isArray(value) ? value.map(wordOf) : [wordOf(value)];
  return { text: formatsIn(language).words(words), isCode: true };
}

const wordOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

function inputOf(resource: Resource, input: DescribedInput, isNew: boolean): GroupedInput {
  const { kind, facts, options, initial, isOptional, maxLength } = input;
  const isEmpty = kind === 'json' || initial === '' || (Array.isArray(initial) && initial.length === 0);
  const shown = initial === undefined ? undefined : shownIn(kind, initial);
  const hasDefault = kind === 'choice' && shown !== undefined && !facts.isClearable;
  return {
    ...saidOf(resource, input),
    kind,
    isRequired: (!isOptional || hasDefault) && !isEmpty,
    ...(options.length > 0 && { options: options.map((value) => ({ value })) }),
    empty: facts.isClearable && !isNew ? 'clear' : isOptional ? 'leave' : undefined,
    ...(shown !== undefined && { initial: shown }),
    // An emptied field gets the value of something new.
    ...(kind === 'json' &&
      shown !== undefined && {
        reading: {
          shown: (value) => shownIn('json', value),
          read: (text) => JSON.parse(text.trim() || shown),
        },
      }),
    ...(facts.reference === 'moment' && { reading: moment }),
    appearance: {
      ...(kind === 'lines' && { isCode: true }),
      ...(facts.reference === 'moment' && { kind: 'datetime-local' }),
      ...(maxLength !== undefined && { maxLength }),
    },
  };
}

function secretOf(resource: Resource, input: DescribedInput, isNew: boolean): GroupedInput {
  const { isOptional, maxLength } = input;
  return {
    ...saidOf(resource, input),
    kind: 'secret',
    isRequired: isNew && !isOptional,
    empty: 'leave',
    // A browser must not fill in a password of the person who looks at the form.
    appearance: { autocomplete: 'new-password', ...(maxLength !== undefined && { maxLength }) },
  };
}

const saidOf = ({ name }: Resource, { path, facts }: DescribedInput) => ({
  path,
  group: facts.group,
  ...(facts.reference && { reference: facts.reference }),
  label: labelKey(name, path) as TextKey,
  hint: helpKey(name, path) as TextKey,
});
