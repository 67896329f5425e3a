/** Builds the forms about one value of a setting: a new one, a change, and the question before it is deleted. */
import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { SettingsOwner } from './owner.ts';

/** As they were typed. */
export type SettingFields = Pick<Setting, 'name' | 'value' | 'location' | 'shared'>;

/** `locations`: those to choose from; undefined where the person may not list them. */
export function addPage(
  visit: ConsoleVisit,
  owner: SettingsOwner,
  fields: SettingFields,
  locations: readonly string[] | undefined,
): FormPage {
  const { text } = visit;
  const name: FormField = {
    name: 'name',
    label: text('console.settings.name'),
    kind: 'text',
    value: fields.name,
    isRequired: true,
    isCode: true,
    maxLength: 256,
  };
  return {
    title: text('console.settings.add'),
    lead: text('console.settings.add.lead'),
    path: owner.way,
    form: {
      action: `${owner.path}/add`,
      sections: [
        {
          fields: [name, locationField(visit, fields.location, locations), ...valueFields(visit, fields)],
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
  fields: SettingFields,
  etag: string,
): FormPage {
  const { text } = visit;
  const { name, location } = fields;
  return {
    title: text('console.settings.change.title', { name }),
    path: owner.way,
    form: {
      action: `${owner.path}/change`,
      hidden: { name, location, ifMatch: etag },
      sections: [{ fields: valueFields(visit, fields) }],
      submit: text('console.settings.save'),
      cancel: owner.path,
    },
    lead: `${text('console.settings.location')}: ${location}`,
  };
}

export function deletePage(
  { text }: ConsoleVisit,
  owner: SettingsOwner,
  { name, location, value }: SettingFields,
  etag: string,
): ConfirmPage {
  return {
    title: text('console.settings.delete.title', { name, location }),
    lead: text('console.settings.delete.lead'),
    path: owner.way,
    facts: [{ label: text('console.settings.value'), value, isCode: true }],
    form: {
      action: `${owner.path}/delete`,
      hidden: { name, location, ifMatch: etag },
      sections: [],
      submit: text('console.settings.delete'),
      cancel: owner.path,
      isDangerous: true,
    },
  };
}

function locationField(
  { text }: ConsoleVisit,
  value: string,
  locations: readonly string[] | undefined,
): FormField {
  const field = {
    name: 'location',
    label: text('console.settings.location'),
    hint: text('console.settings.location.hint'),
    value,
    isRequired: true,
  };
  if (locations === undefined) return { ...field, kind: 'text', isCode: true, maxLength: 128 };
  const all = locations.includes(value) ? locations : [value, ...locations];
  return {
    ...field,
    kind: 'select',
    options: all.map((location) => ({
      value: location,
      label: location === rootLocation ? `/ · ${text('console.settings.everywhere')}` : location,
    })),
  };
}

function valueFields({ text }: ConsoleVisit, { value, shared }: SettingFields): FormField[] {
  return [
    {
      name: 'value',
      label: text('console.settings.value'),
      kind: 'textarea',
      value,
      isRequired: true,
      isCode: true,
      rows: Math.min(16, value.split('\n').length + 2),
      maxLength: 32_768,
    },
    {
      name: 'shared',
      label: text('console.settings.shared'),
      hint: text('console.settings.shared.hint'),
      kind: 'check',
      isChecked: shared,
    },
  ];
}
