/** Makes the inputs of a form, and the columns of a list, from the description of a resource. */
import { type Input as DescribedInput, inputsOf } from '@gatehouse/contracts/resource/inputs';
import { described, type Resource } from '@gatehouse/contracts/resource/resource';
import { helpKey, labelKey } from '@gatehouse/contracts/resource/texts';
import { formatsIn } from '../../texts/formats.ts';
import type { TextKey } from '../../texts/texts.ts';
import type { Column } from '../shell/lists.ts';
import type { Cell } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type Input, shownIn } from './inputs.ts';

interface GroupedInput extends Input {
  group: string;
}

/** Of a change: what is fixed is not asked for, and a secret has pages of its own. `isNew`: every field. */
export function describedInputs(resource: Resource, { isNew = false } = {}): GroupedInput[] {
  return inputsOf(resource)
    .filter(({ facts }) => isNew || !(facts.isFixed || facts.isSecret))
    .map((input) => inputOf(resource, input));
}

/** The columns of the description, except those that a page shows elsewhere; `cells`: where a value is not shown as it is. */
export const describedColumns = <Item extends object>(
  visit: ConsoleVisit,
  resource: Resource,
  except: readonly string[],
  cells: Readonly<Record<string, (item: Item) => Cell>>,
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
  return { text: Array.isArray(value) ? formatsIn(language).words(value) : String(value), isCode: true };
}

function inputOf({ name }: Resource, input: DescribedInput): GroupedInput {
  const { path, facts, options, isOptional, maxLength } = input;
  const { group, initial, isClearable, isSecret } = facts;
  const kind = isSecret ? 'secret' : input.kind;
  const isEmpty = kind === 'json' || initial === '' || (Array.isArray(initial) && initial.length === 0);
  const shown = initial === undefined ? undefined : shownIn(kind, initial);
  return {
    path,
    kind,
    group,
    label: labelKey(name, path) as TextKey,
    hint: helpKey(name, path) as TextKey,
    isRequired: !isOptional && !isEmpty,
    ...(options.length > 0 && { options: options.map((value) => ({ value })) }),
    // A form never shows a secret, so an empty one does not take it away.
    empty: isClearable && !isSecret ? 'clear' : isOptional ? 'leave' : undefined,
    ...(shown !== undefined && { initial: shown }),
    // Emptied, it is what a new one has.
    ...(kind === 'json' &&
      shown !== undefined && {
        reading: {
          shown: (value) => shownIn('json', value),
          read: (text) => JSON.parse(text.trim() || shown),
        },
      }),
    look: { ...(kind === 'lines' && { isCode: true }), ...(maxLength !== undefined && { maxLength }) },
  };
}
