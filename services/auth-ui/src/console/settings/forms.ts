/** Builds the forms about one value of a setting: a new one, a change, and the question before it is deleted. */
import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import { bodyOf, inputsBelow, type Typed, textAt, typedOf } from '../form/inputs.ts';
import { fieldOf } from '../form/sections.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import { questionOf } from '../shell/question.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { SettingsOwner } from './owner.ts';

const input = inputsBelow('field.setting', 'console.settings');

const nameInput = input('name', 'text', { isRequired: true, look: { isCode: true, maxLength: 256 } });
const location = input('location', 'text', {
  initial: rootLocation,
  isRequired: true,
  look: { isCode: true, maxLength: 128 },
});
const value = input('value', 'text', {
  isRequired: true,
  // White space counts. A browser sends each line break as two characters.
  reading: { shown: String, read: (text) => text.replaceAll('\r\n', '\n') },
  look: { kind: 'textarea', isCode: true, maxLength: 32_768 },
});
const shared = input('shared', 'flag');

type ValueOf = Pick<Setting, 'name' | 'value' | 'location' | 'shared'>;

export const newSettingOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf(visit, [nameInput, location, value, shared], typed) as ValueOf;
export const settingValueOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf(visit, [value, shared], typed) as Pick<Setting, 'value' | 'shared'>;

/** `locations`: those to choose from; undefined where the person may not list them. */
export function addPage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  locations: readonly string[] | undefined,
  typed: Typed = typedOf([nameInput, location, value, shared]),
): FormPage {
  const { text } = visit;
  return {
    title: text('console.settings.add'),
    lead: text('console.settings.add.lead'),
    path: owner.way,
    form: {
      action: `${owner.path}/add`,
      sections: [
        {
          fields: [
            fieldOf(visit, nameInput, typed),
            locationField(visit, typed, locations),
            ...valueFields(visit, typed),
          ],
        },
      ],
      submit: text('console.settings.add'),
      cancel: owner.path,
    },
  };
}

export function changePage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { name, location, ...fields }: ValueOf,
  typed: Typed = typedOf([value, shared], fields),
): FormPage {
  const { text } = visit;
  return {
    title: text('console.settings.change.title', { name }),
    path: owner.way,
    form: {
      action: `${owner.path}/change`,
      hidden: { name, location },
      sections: [{ fields: valueFields(visit, typed) }],
      submit: text('console.settings.save'),
      cancel: owner.path,
    },
    lead: `${text('field.setting.location')}: ${location}`,
  };
}

export function deletePage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  { name, location, value }: ValueOf,
  etag: string,
): ConfirmPage {
  return questionOf(visit, {
    key: 'console.settings.delete',
    named: { name, location },
    path: owner.way,
    facts: [{ label: visit.text('field.setting.value'), value, isCode: true }],
    action: `${owner.path}/delete`,
    hidden: { name, location, ifMatch: etag },
    cancel: owner.path,
    isDangerous: true,
  });
}

function locationField(
  visit: ConsoleVisit,
  typed: Typed,
  locations: readonly string[] | undefined,
): FormField {
  const field = fieldOf(visit, location, typed);
  const { value: chosen = '' } = field;
  if (locations === undefined) return field;
  const all = locations.includes(chosen) ? locations : [chosen, ...locations];
  return {
    ...field,
    kind: 'select',
    options: all.map((one) => ({
      value: one,
      label: one === rootLocation ? `/ · ${visit.text('console.settings.everywhere')}` : one,
    })),
  };
}

/** A long value gets more room. */
function valueFields(visit: ConsoleVisit, typed: Typed): FormField[] {
  const rows = Math.min(16, textAt(typed, 'value').split('\n').length + 2);
  return [{ ...fieldOf(visit, value, typed), rows }, fieldOf(visit, shared, typed)];
}
