/** Builds the forms about one value of a setting: a new one, a change, and the confirmation before it is deleted. */
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { rootLocation } from '@gatehouse/contracts/environment-api';
import { setting as description, isKnownSetting, knownSettingNames } from '@gatehouse/contracts/resources';
import { describedInputs, inputsAt } from '../form/described.ts';
import { bodyOf, type Input, type Typed, typedOf } from '../form/inputs.ts';
import { fieldOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { knownInput, nameIn } from './known.ts';
import type { SettingsOwner } from './owner.ts';

const inputs = describedInputs(description, { isNew: true }).map(asTyped);
/** Of a value that is there: another name or place is another value. A known setting says by itself who reads it. */
function valueInputsOf(name: string): Input[] {
  const known = knownInput(name);
  return known === undefined ? inputsAt(inputs, 'value', 'shared') : [known];
}

/** The name of a known setting is chosen on the list. */
const newInputsOf = (name: string) => [
  ...inputsAt(inputs, ...(isKnownSetting(name) ? [] : ['name']), 'location'),
  ...valueInputsOf(name),
];
const nameInputs = inputsAt(inputs, 'name', 'shared').map((input) =>
  input.path === 'name'
    ? { ...input, path: 'newName', label: 'console.settings.rename.field' as const }
    : input,
);

function asTyped(input: Input): Input {
  const { path, appearance } = input;
  if (path === 'shared') return input;
  const shown = { ...input, isRequired: true, empty: undefined, appearance: { ...appearance, isCode: true } };
  if (path !== 'value') return shown;
  return {
    ...shown,
    isRequired: false,
    // White space counts. A browser sends each line break as two characters.
    reading: { shown: String, read: (text) => text.replaceAll('\r\n', '\n') },
    appearance: { ...shown.appearance, kind: 'textarea' },
  };
}

type ValueOf = Pick<Setting, 'name' | 'value' | 'location' | 'shared'>;

export const newSettingOf = (visit: ConsoleVisit, name: string, typed: Typed): ValueOf => ({
  ...{ name, shared: false },
  ...(bodyOf(visit, newInputsOf(name), typed) as Pick<Setting, 'value' | 'location'>),
});
export const settingValueOf = (visit: ConsoleVisit, name: string, typed: Typed) =>
  bodyOf(visit, valueInputsOf(name), typed) as Pick<Setting, 'value'> & { shared?: boolean };
export const newNameOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf(visit, nameInputs, typed) as { newName: string; shared: boolean };

/** `locations`: those to choose from; undefined where the person may not list them. */
export function addPage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  locations: readonly string[] | undefined,
  { name, location }: Pick<Setting, 'name' | 'location'>,
  typed: Typed = { ...typedOf(newInputsOf(name)), name, location },
): FormPage {
  const { text } = visit;
  return {
    title: isKnownSetting(name) ? nameIn(visit, name) : text('console.settings.add'),
    lead: text('console.settings.add.lead'),
    breadcrumbs: owner.breadcrumbs,
    form: {
      action: `${owner.path}/add`,
      ...(isKnownSetting(name) && { hidden: { name } }),
      sections: [{ fields: newInputsOf(name).map((input) => settingField(visit, input, typed, locations)) }],
      submit: text(isKnownSetting(name) ? 'console.settings.set' : 'console.settings.add'),
      cancel: owner.path,
    },
  };
}

export function changePage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { name, location, ...fields }: ValueOf,
  typed: Typed = typedOf(valueInputsOf(name), fields),
): FormPage {
  const { text } = visit;
  return {
    title: text('console.settings.change.title', { name: nameIn(visit, name) }),
    breadcrumbs: owner.breadcrumbs,
    form: {
      action: `${owner.path}/change`,
      hidden: { name, location },
      sections: [{ fields: valueInputsOf(name).map((input) => settingField(visit, input, typed)) }],
      submit: text('console.settings.save'),
      cancel: owner.path,
    },
    lead: `${text('field.setting.location')}: ${location}`,
  };
}

export function renamePage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { name, location, shared }: ValueOf,
  typed: Typed = { ...typedOf(nameInputs, { newName: name, shared }) },
): FormPage {
  const { text } = visit;
  return {
    title: text('console.settings.rename.title', { name }),
    lead: text('console.settings.rename.lead'),
    breadcrumbs: owner.breadcrumbs,
    form: {
      action: `${owner.path}/rename`,
      hidden: { name, location },
      sections: [{ fields: nameInputs.map((input) => settingField(visit, input, typed)) }],
      submit: text('console.settings.rename'),
      cancel: owner.path,
    },
  };
}

export function deletePage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { name, location, value }: ValueOf,
  etag: string,
): ConfirmPage {
  return confirmationOf(visit, {
    key: 'console.settings.delete',
    named: { name, location },
    breadcrumbs: owner.breadcrumbs,
    facts: [{ label: visit.text('field.setting.value'), value, isCode: true }],
    action: `${owner.path}/delete`,
    hidden: { name, location, ifMatch: etag },
    cancel: owner.path,
    isDangerous: true,
  });
}

/** A long value gets more room, and a location is chosen where `locations` are known. */
function settingField(
  visit: ConsoleVisit,
  input: Input,
  typed: Typed,
  locations?: readonly string[],
): FormField {
  const field = fieldOf(visit, input, typed);
  const { value = '' } = field;
  if (input.path === 'name') return { ...field, suggestions: knownSettingNames };
  if (field.kind === 'textarea') return { ...field, rows: Math.min(16, value.split('\n').length + 2) };
  if (input.path !== 'location' || locations === undefined) return field;
  const all = locations.includes(value) ? locations : [value, ...locations];
  return {
    ...field,
    kind: 'select',
    options: all.map((one) => ({
      value: one,
      label: one === rootLocation ? `/ · ${visit.text('console.settings.everywhere')}` : one,
    })),
  };
}
