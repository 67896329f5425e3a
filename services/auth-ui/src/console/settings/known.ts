/** Shows the settings that Gatehouse reads: their inputs by kind, and which value counts, also where nobody has given one. */
import type { Setting } from '@gatehouse/contracts/environment-administration';
import {
  builtInText,
  isKnownSetting,
  knownSetting,
  knownSettingNames,
  meantSetting,
  settingUses,
} from '@gatehouse/contracts/resources';
import { entriesOf } from '@gatehouse/contracts/values';
import { formatsIn } from '../../texts/formats.ts';
import { describedInputs } from '../form/described.ts';
import { type Input, type Typed, textAt } from '../form/inputs.ts';
import type { Cell, Table } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

/** The label of the setting is that of its value. */
const inputs = new Map(
  describedInputs(knownSetting, { isNew: true }).map((input) => [input.path, valueInput(input)]),
);

/** The API takes every value as one text. */
function valueInput(input: Input): Input {
  const { kind, appearance } = input;
  const isList = kind === 'lines';
  return {
    ...input,
    path: 'value',
    isRequired: !isList,
    empty: undefined,
    reading: isList
      ? {
          shown: (value) => entriesOf(String(value)).join('\n'),
          read: (text) => text.split(/\s+/).filter(Boolean).join(','),
        }
      : { shown: String, read: (text) => text.trim() },
    appearance: { ...appearance, isCode: isList },
  };
}

const isList = (name: string) => inputs.get(name)?.kind === 'lines';

/** Undefined where the setting is an application's: its value is any text. */
export const knownInput = (name: string): Input | undefined => inputs.get(name);

const columns = [
  'field.setting.name',
  'console.settings.explanation',
  'field.setting.value',
  'console.settings.from',
] as const;

interface Known {
  own: readonly Setting[];
  /** The values that count at the location, as the API says. */
  inForce: readonly Setting[];
  location: string;
  origin: (setting: Setting) => Cell;
  matches: (setting: Pick<Setting, 'name' | 'value'>, ...more: string[]) => boolean;
}

/** Every known setting that the search finds, in the order of the description, with the value that counts at the location. */
export function knownTable(visit: ConsoleVisit, path: string, known: Known): Pick<Table, 'columns' | 'rows'> {
  const { text } = visit;
  const rows = knownSettingNames.flatMap((name) => {
    const label = nameIn(visit, name);
    const help = text(`field.knownSetting.${name}.help`);
    const counting = known.inForce.find((setting) => setting.name === name);
    const value = counting?.value ?? builtInText(name);
    if (!known.matches({ name, value }, label, help)) return [];
    const services = formatsIn(visit.language).words([...settingUses[name].readBy]);
    return {
      cells: [
        { text: label, note: name },
        { text: help, note: text('console.settings.readBy', { services }) },
        value === ''
          ? { text: text('console.settings.none') }
          : { text: isList(name) ? entriesOf(value).join(', ') : value, isCode: true },
        counting === undefined ? { text: text('console.settings.from.builtIn') } : known.origin(counting),
      ],
      actions: [actionOf(visit, path, name, known)],
    };
  });
  return { columns: columns.map((key) => ({ label: text(key) })), rows };
}

/** Leads to the value that is given just there, or to a new one. */
function actionOf(visit: ConsoleVisit, path: string, name: string, { own, location }: Known) {
  const isThere = own.some((one) => one.name === name && one.location === location);
  return {
    label: visit.text(isThere ? 'console.settings.change' : 'console.settings.set'),
    href: `${path}/${isThere ? 'change' : 'add'}?${new URLSearchParams({ name, location })}`,
    describes: `${nameIn(visit, name)} ${location}`,
  };
}

/** The name as a page says it: of a known setting in the language of the reader. */
export const nameIn = ({ text }: ConsoleVisit, name: string): string =>
  isKnownSetting(name) ? text(`field.knownSetting.${name}`) : name;

/** Says in the language of the reader which setting was meant. `field`: that holds the name. */
export function besideName({ text }: ConsoleVisit, problem: Problem, typed: Typed, field = 'name'): Problem {
  const { name: said, ...fields } = problem.fields;
  if (said === undefined) return problem;
  const meant = problem.status === 400 ? meantSetting(textAt(typed, field).trim()) : undefined;
  const message = meant === undefined ? said : text('console.settings.meant', { name: meant });
  return { ...problem, message, fields: { ...fields, [field]: message } };
}
