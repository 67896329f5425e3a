/** Builds the pages by which everything that is known of a person is erased: what goes and what stays, and the receipt. */
import type { ErasurePlan } from '@gatehouse/api-client/erasure';
import { isOwnDirectory } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { inputsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import type { FormPage, TablesPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { Center } from './import-pages.ts';
import { addressOf, centerAddress, peoplePath } from './names.ts';
import { personBreadcrumbs } from './person-page.ts';

export interface Erased {
  user: string;
  number: number | undefined;
}

type Part = TablesPage['parts'][number];

const held = [
  ...(['sessions', 'consents', 'approvalCodes', 'factors', 'rights', 'wrongPasswords'] as const),
  ...(['browsers', 'refusals', 'events'] as const),
];

/** The numbers are those of now. `problem`: why the typed name, or the whole, was refused. */
export function erasePage(
  visit: ConsoleVisit,
  center: Center,
  { user, number }: Erased,
  plan: ErasurePlan,
  { typed = '', problem, whole }: { typed?: string; problem?: string; whole?: string } = {},
): TablesPage {
  const { text } = visit;
  const { present, source, kept } = plan;
  const isElsewhere = present !== undefined && !isOwnDirectory(source);
  const named = { user, contactCenter: center.id };
  const field: FormField = {
    name: 'name',
    label: text('console.people.userName'),
    hint: text('console.people.erase.name.hint', { user }),
    kind: 'text',
    value: typed,
    isRequired: true,
    problem,
  };
  return {
    title: text('console.people.erase.title', { user }),
    lead: isElsewhere
      ? text('console.people.erase.elsewhere', { source: text(`console.people.source.${source}`) })
      : text('console.people.erase.lead'),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    parts: [
      goes(visit, plan, kept.length),
      stays(visit, plan),
      byHand(visit, { user, number: number ?? present?.number, center: center.id }),
    ],
    ...(!isElsewhere && {
      form: {
        action: `${peoplePath}/erase`,
        hidden: { ...named, ...definedOnly({ number: number?.toString() }) },
        sections: [{ fields: [field] }],
        submit: text('console.people.erase'),
        cancel: present === undefined ? centerAddress(center.id) : addressOf('person', named),
        isDangerous: true,
        problem: whole,
      },
    }),
  };
}

/** Names nobody, so that it can be filed. */
export function receiptPage(visit: ConsoleVisit, center: Center, plan: ErasurePlan): TablesPage {
  const { text } = visit;
  return {
    title: text('console.people.erase.receipt'),
    lead: text('console.people.erase.receipt.lead', {
      name: center.name,
      at: plan.erasedAt === undefined ? '' : text('console.at', { at: new Date(plan.erasedAt) }),
    }),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    message: { kind: 'success', title: text('console.people.erase.done') },
    parts: [goes(visit, plan, plan.kept.length), stays(visit, plan), byHand(visit, undefined)],
  };
}

function goes({ text }: ConsoleVisit, plan: ErasurePlan, kept: number): Part {
  const counts = [
    ...(isOwnDirectory(plan.source)
      ? [['person', plan.present === undefined ? 0 : 1] as const, ['kept', kept] as const]
      : []),
    ...held.map((key) => [key, plan.held[key]] as const),
  ];
  return {
    title: text('console.people.erase.goes'),
    table: {
      caption: text('console.people.erase.goes'),
      columns: [
        { label: text('console.people.erase.thing') },
        { label: text('console.people.erase.number'), isNumber: true },
      ],
      empty: '',
      rows: counts.map(([key, count]) => ({
        cells: [
          { text: text(`console.people.erase.goes.${key}`) },
          { text: text('console.contactCenters.ends.count', { count }) },
        ],
      })),
    },
  };
}

function stays({ text }: ConsoleVisit, { stays: { actions } }: ErasurePlan): Part {
  const keys = [
    'events',
    ...(actions > 0 ? (['actions'] as const) : []),
    'changes',
    'number',
    'later',
  ] as const;
  return {
    title: text('console.people.erase.stays'),
    table: {
      caption: text('console.people.erase.stays'),
      columns: [{ label: text('console.people.erase.thing') }, { label: text('console.people.erase.why') }],
      empty: '',
      rows: keys.map((key) => ({
        cells: [
          { text: text(`console.people.erase.stays.${key}`, { count: actions }) },
          { text: text(`console.people.erase.stays.${key}.why`) },
        ],
      })),
    },
  };
}

/** The commands hold the name: a receipt has none. */
function byHand({ text }: ConsoleVisit, named: (Erased & { center: string }) | undefined): Part {
  const row = (key: 'backups' | 'logs' | 'forward' | 'elsewhere', command?: string) => ({
    cells: [
      { text: text(`console.people.erase.byHand.${key}`) },
      { text: text(`console.people.erase.byHand.${key}.how`) },
      ...(named === undefined
        ? []
        : [command === undefined ? { text: '' } : { text: command, isCode: true }]),
    ],
  });
  const { user = '', number, center = '' } = named ?? {};
  const which = number === undefined ? '' : ` --number ${number}`;
  const query = JSON.stringify({ query: { simple_query_string: { query: JSON.stringify(user) } } });
  return {
    title: text('console.people.erase.byHand'),
    table: {
      caption: text('console.people.erase.byHand'),
      columns: [
        { label: text('console.people.erase.thing') },
        { label: text('console.people.erase.how') },
        ...(named === undefined ? [] : [{ label: text('console.people.erase.command') }]),
      ],
      empty: '',
      rows: [
        row('backups', `gatehouse people erase ${shellWord(user)} --contact-center ${center}${which}`),
        row('logs', `POST logs-gatehouse.service-*/_delete_by_query ${query}`),
        row('forward'),
        row('elsewhere'),
      ],
    },
  };
}

/** As a shell reads it. */
const shellWord = (word: string) => (/^[\w.@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const nameInput = inputsBelow('console.people.erase')('user', 'text', {
  isRequired: true,
  label: 'console.people.userName',
});

export const goneInputs = [nameInput];

/** Asks for the name of somebody who is in no list. */
export function gonePage(visit: ConsoleVisit, center: Center, typed: Typed = typedOf(goneInputs)): FormPage {
  const { text } = visit;
  return {
    title: text('console.people.erase.gone'),
    lead: text('console.people.erase.gone.lead'),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    form: {
      action: `${peoplePath}/erase-gone`,
      hidden: { contactCenter: center.id },
      sections: sectionsOf(visit, [{ inputs: goneInputs }], typed),
      submit: text('button.continue'),
      cancel: centerAddress(center.id),
    },
  };
}
