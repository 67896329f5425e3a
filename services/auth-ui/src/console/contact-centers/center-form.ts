/** Builds the form of a contact centre, for a new one and for a change, and reads what was typed. */

import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { type MembershipKind, membershipKinds } from '@gatehouse/contracts/environment-api';
import {
  type ContactCenterChange,
  contactCenter,
  type NewContactCenter,
} from '@gatehouse/contracts/resources';
import type { TextKey } from '../../texts/texts.ts';
import { describedInputs, inputsAt } from '../form/described.ts';
import {
  bodyOf,
  type Input,
  type InputOption,
  inputsBelow,
  optionsBelow,
  type Typed,
  typedOf,
} from '../form/inputs.ts';
import { fieldOf, sectionsOf } from '../form/sections.ts';
import { contactCenterPath, contactCentersPath } from '../shell/names/contact-centers.ts';
import type { FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { breadcrumbsBelowTab } from './page-header.ts';
import { newPolicyInputs, policySection } from './second-factor-form.ts';

const inNew = describedInputs(contactCenter, { isNew: true });
const inChange = describedInputs(contactCenter);

/** How its people prove who they are is no choice yet. */
const newInputs = (visit: ConsoleVisit): Input[] =>
  [
    ...inputsAt(inNew, 'domains', 'name', 'environmentId', 'membership', 'subjectScope', 'id', 'status'),
  ].flatMap((input) => typedAs(visit, input));

/** An administrator of one contact centre may not move it, nor choose its tenant names. A value that is there is not left out. */
const changeInputs = (visit: ConsoleVisit): Input[] => {
  const further = ['domains', 'environmentId', 'membership', 'subjectScope'];
  const shown = ['name', ...(visit.rights.installation ? further : []), 'status'];
  return inputsAt(inChange, ...shown)
    .map((input) => ({
      ...input,
      isRequired: true,
      ...(input.path === 'name' && { empty: undefined, hint: undefined }),
    }))
    .flatMap((input) => typedAs(visit, input));
};

const names = inputsBelow('console.contactCenters')('membership.names', 'lines');

/** Where the console has more to say about a field than its description. */
function typedAs(visit: ConsoleVisit, input: Input): Input[] {
  const { path, isRequired, appearance } = input;
  const below = `console.contactCenters.${path}`;
  if (path === 'id') return [{ ...input, appearance: { ...appearance, isCode: true } }];
  if (path === 'subjectScope')
    return [{ ...input, options: optionsBelow(below, ['contactCenter', 'environment']) }];
  // Its options say what the help says.
  if (path === 'status')
    return [
      { ...input, hint: undefined, options: statuses(visit), appearance: { ...appearance, kind: 'choice' } },
    ];
  if (path !== 'membership') return [input];
  const none = { value: '', label: 'console.contactCenters.membership.none' } as const;
  // Without a choice the API says whether one is needed.
  const options = [...(isRequired ? [] : [none]), ...optionsBelow(below, membershipKinds)];
  return [
    { ...input, path: 'membershipBy', kind: 'choice', options },
    { ...names, path: 'membershipNames' },
  ];
}

const statuses = ({ rights }: ConsoleVisit): InputOption[] => [
  ...optionsBelow('console.contactCenters.status', ['active']),
  {
    value: 'disabled',
    label: 'console.contactCenters.status.disabled',
    hint: `console.contactCenters.status.disabled.${rights.installation ? 'ends' : 'endsYou'}`,
  },
];

export const newBodyOf = (visit: ConsoleVisit, typed: Typed): NewContactCenter =>
  withMembership<NewContactCenter>(bodyOf(visit, [...newInputs(visit), ...newPolicyInputs], typed));

export const changeBodyOf = (visit: ConsoleVisit, typed: Typed): ContactCenterChange =>
  withMembership<ContactCenterChange>(bodyOf(visit, changeInputs(visit), typed));

/** The parts of a membership are two fields here and one at the API. */
function withMembership<Body extends ContactCenterChange>({
  membershipBy: by,
  membershipNames: names,
  ...body
}: Body & { membershipBy?: MembershipKind; membershipNames: string[] }) {
  return by === undefined ? body : { ...body, membership: { by, names } };
}

/** A new contact centre in an environment of its own needs no other choice. */
const first: ReadonlySet<string> = new Set(['domains', 'name', 'environmentId']);

/** `environmentId`: chosen already, by the page that led here. */
export function createPage(visit: ConsoleVisit, typed: Typed | undefined, environmentId = ''): FormPage {
  const { text } = visit;
  const inputs = newInputs(visit);
  const shown = typed ?? { ...typedOf([...inputs, ...newPolicyInputs]), environmentId };
  const below = 'console.contactCenters';
  const further = { title: `${below}.further`, text: `${below}.further.text`, folds: true } as const;
  const sections = sectionsOf(
    visit,
    [
      { inputs: inputs.filter(({ path }) => first.has(path)) },
      { ...further, inputs: inputs.filter(({ path }) => !first.has(path)) },
      { ...policySection, folds: true, inputs: newPolicyInputs },
    ],
    shown,
  );
  return {
    title: text('console.contactCenters.create'),
    lead: text('console.contactCenters.create.lead'),
    breadcrumbs: [{ label: text('console.contactCenters.title'), href: contactCentersPath }],
    form: {
      action: `${contactCentersPath}/create`,
      sections: sections.map((section) => ({ ...section, fields: section.fields.map(centerField) })),
      submit: text('console.contactCenters.create'),
      cancel: contactCentersPath,
    },
  };
}

export function editPage(visit: ConsoleVisit, center: ContactCenter, typed: Typed | undefined): FormPage {
  const { text, rights } = visit;
  const inputs = changeInputs(visit);
  const { by: membershipBy, names: membershipNames } = center.membership;
  const shown = typed ?? typedOf(inputs, { ...center, membershipBy, membershipNames });
  const ends: Record<string, TextKey> = {
    domains: 'console.contactCenters.domains.ends',
    environmentId: 'console.contactCenters.environment.ends',
  };
  const field = (input: Input) => {
    const shownField = fieldOf(visit, input, shown);
    const end = ends[input.path];
    const hint = end === undefined ? shownField.hint : `${shownField.hint} ${text(end)}`;
    return centerField({ ...shownField, hint });
  };
  return {
    title: text('console.contactCenters.edit'),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'overview'),
    ...(rights.installation ? {} : { lead: text('console.contactCenters.edit.own') }),
    form: {
      action: `${contactCenterPath(center.id)}/edit`,
      sections: [{ fields: inputs.map(field) }],
      submit: text('console.contactCenters.save'),
      cancel: contactCenterPath(center.id),
    },
  };
}

/** Long lists get more room. */
function centerField(field: FormField): FormField {
  const lines = (field.value ?? '').split('\n').length;
  if (field.name === 'domains') return { ...field, isCode: true, rows: Math.min(12, lines + 2) };
  if (field.name === 'membershipNames') return { ...field, rows: Math.min(12, lines + 1) };
  return field;
}

const places: [of: RegExp, field: string][] = [
  [/^domains\W/, 'domains'],
  [/^membership(?:\Wby)?$/, 'membershipBy'],
  [/^membership\Wnames\b/, 'membershipNames'],
];

/** The API names the line of a list, which has one field here, and the part of a choice. */
export function besideFields(problem: Problem): Problem {
  const refused = Object.entries(problem.fields);
  const moved = places.flatMap(([of, field]) => {
    const line = refused.find(([name]) => of.test(name));
    return line ? [[field, line[1]] as const] : [];
  });
  return { ...problem, fields: { ...Object.fromEntries(moved), ...problem.fields } };
}
