/** Builds the pages by which the people store follows a file: the form, the changes before they are made, and what was refused. */
import { type Change, keys, missingWays, type Undone } from '@gatehouse/api-client/people-file';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { tableOf } from '../shell/lists.ts';
import { typedNameField } from '../shell/names/contact-centers.ts';
import type { FormPage, ListPage } from '../shell/pages.ts';
import { type PreviewPage, previewedChanges } from '../shell/preview.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { ImportFields, Planned } from './import-plan.ts';
import { centerAddress, peoplePath } from './names.ts';
import { personBreadcrumbs } from './person-page.ts';

export type Center = Pick<ContactCenter, 'id' | 'name'>;

const below = 'console.people.import';
const input = inputsBelow(below);
const inputs: readonly Input[] = [
  input('documentFile', 'file', {
    label: 'console.transfer.file',
    hint: 'console.transfer.file.hint',
  }),
  input('document', 'text', { appearance: { kind: 'textarea', rows: 10, isCode: true } }),
  input('missing', 'choice', {
    options: optionsBelow(`${below}.missing`, missingWays),
    isRequired: true,
    initial: 'stay',
  }),
  input('key', 'choice', {
    options: optionsBelow(`${below}.key`, keys),
    isRequired: true,
    initial: 'userName',
  }),
];

export function importPage(visit: ConsoleVisit, center: Center, typed: Typed = typedOf(inputs)): FormPage {
  const { text } = visit;
  return {
    title: text('console.people.import.title', { name: center.name }),
    lead: text('console.people.import.lead'),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    form: {
      action: `${peoplePath}/preview`,
      hidden: { contactCenter: center.id },
      isMultipart: true,
      sections: sectionsOf(visit, [{ inputs }], typed),
      submit: text('console.transfer.preview'),
      cancel: centerAddress(center.id),
    },
  };
}

/** `wrongName`: the name that was typed is not that of the contact centre. */
export function previewPage(
  visit: ConsoleVisit,
  center: Center,
  { plan, sums, digest }: Planned,
  { document, key, missing, name }: ImportFields,
  { isAgain = false, wrongName = false } = {},
): PreviewPage {
  const { text } = visit;
  const entity = text('console.entity.person');
  const isDangerous = sums.deleted > 0;
  return {
    ...previewedChanges(
      visit,
      plan.map((change) => ({ ...change, entity, of: 'person' })),
      isAgain,
    ),
    breadcrumbs: [
      ...personBreadcrumbs(visit, { contactCenterId: center.id }),
      { label: text('console.people.import'), href: centerAddress(center.id, '/import') },
    ],
    summary:
      plan.length === 0 ? text('console.people.import.none') : text('console.people.import.count', sums),
    form: {
      action: `${peoplePath}/import`,
      hidden: { contactCenter: center.id, document, key, missing, seen: digest },
      sections: isDangerous
        ? [
            {
              fields: [
                typedNameField(visit, center.name, {
                  hint: text('console.people.import.delete.hint', { count: sums.deleted, name: center.name }),
                  value: name,
                  problem: wrongName ? text('console.contactCenters.delete.name.wrong') : undefined,
                }),
              ],
            },
          ]
        : [],
      submit: text('console.transfer.import.now'),
      cancel: centerAddress(center.id, '/import'),
      isDangerous,
    },
  };
}

/** The changes that were refused, while the rest is done. */
export function undonePage(
  visit: ConsoleVisit,
  center: Center,
  plan: readonly Change[],
  undone: readonly Undone[],
): ListPage {
  const { text } = visit;
  return {
    title: text('console.people.import.undone'),
    lead: text('console.people.import.undone.lead', { count: plan.length - undone.length }),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    table: tableOf<Undone>(visit, {
      caption: 'console.people.import.undone',
      empty: 'console.people.import.undone',
      columns: [
        { label: 'console.people.import.place', cell: ({ field }) => ({ text: field }) },
        { label: 'console.people.refusal.reason', cell: ({ message }) => ({ text: message }) },
      ],
      items: undone,
    }),
  };
}
