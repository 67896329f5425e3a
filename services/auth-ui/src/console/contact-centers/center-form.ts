/** Builds the form of a contact centre, for a new one and for a change, and reads what was typed. */
import type { ContactCenter } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import { type MembershipKind, membershipKinds } from '@gatehouse/contracts/environment-api/membership';
import { z } from 'zod';
import { nameOf } from '../environments/frame.ts';
import type { FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf, typedText } from '../shell/typed.ts';
import { contactCenterPath, contactCentersPath, wayBelow } from './frame.ts';

export const centerFields = z.object({
  name: typedText(512),
  domains: typedText(65_536),
  environmentId: typedText(64),
  membershipBy: typedText(64),
  membershipNames: typedText(65_536),
  status: z.enum(['active', 'disabled']).catch('active'),
});

/** As they were typed; domains one on each line. */
export type CenterFields = z.infer<typeof centerFields>;

/** `all`: to choose from; undefined: there are too many for a choice, and `chosen` is the one whose id stands in the field. */
export interface EnvironmentChoice {
  all?: readonly Environment[] | undefined;
  chosen?: Environment | undefined;
}

export const fieldsOf = ({
  name,
  domains,
  environmentId,
  membership,
  status,
}: ContactCenter): CenterFields => ({
  name,
  domains: domains.join('\n'),
  environmentId,
  membershipBy: membership.by,
  membershipNames: membership.names.join('\n'),
  status: status === 'active' ? 'active' : 'disabled',
});

/** What is sent: an administrator of one contact centre may not move it, nor choose its tenant names. */
export function bodyOf(
  { rights }: ConsoleVisit,
  { name, domains, environmentId, membershipBy: by, membershipNames, status }: CenterFields,
): object {
  const own = { name, status };
  if (!rights.installation) return own;
  // Without a choice the API says whether one is needed.
  const membership = by === '' ? undefined : { by, names: linesOf(membershipNames) };
  return { ...own, domains: linesOf(domains), environmentId, membership };
}

/** The name of a new one may be left out: the API takes the first domain. */
export function newBodyOf(visit: ConsoleVisit, fields: CenterFields): object {
  return { ...bodyOf(visit, fields), name: fields.name || undefined };
}

export function createPage(
  visit: ConsoleVisit,
  fields: CenterFields,
  environments: EnvironmentChoice,
): FormPage {
  const { text } = visit;
  return {
    title: text('console.contactCenters.create'),
    lead: text('console.contactCenters.create.lead'),
    path: [{ label: text('console.contactCenters.title'), href: contactCentersPath }],
    form: {
      action: `${contactCentersPath}/create`,
      sections: [
        {
          fields: [
            domainsField(visit, fields.domains),
            {
              ...nameField(visit, fields.name),
              isRequired: false,
              hint: text('console.contactCenters.name.hint'),
            },
            environmentField(visit, fields.environmentId, environments),
            ...membershipFields(visit, fields, ['', ...membershipKinds]),
            statusField(visit, fields.status),
          ],
        },
      ],
      submit: text('console.contactCenters.create'),
      cancel: contactCentersPath,
    },
  };
}

export function editPage(
  visit: ConsoleVisit,
  center: Pick<ContactCenter, 'id' | 'name'>,
  fields: CenterFields,
  environments: EnvironmentChoice,
  etag: string,
): FormPage {
  const { text, rights } = visit;
  const ofInstallation = rights.installation
    ? [
        domainsField(visit, fields.domains, text('console.contactCenters.domains.ends')),
        environmentField(
          visit,
          fields.environmentId,
          environments,
          text('console.contactCenters.environment.ends'),
        ),
        ...membershipFields(visit, fields, membershipKinds),
      ]
    : [];
  return {
    title: text('console.contactCenters.edit'),
    path: wayBelow(visit, center, 'overview'),
    ...(rights.installation ? {} : { lead: text('console.contactCenters.edit.own') }),
    form: {
      action: `${contactCenterPath(center.id)}/edit`,
      hidden: { ifMatch: etag },
      sections: [
        {
          fields: [nameField(visit, fields.name), ...ofInstallation, statusField(visit, fields.status)],
        },
      ],
      submit: text('console.contactCenters.save'),
      cancel: contactCenterPath(center.id),
    },
  };
}

function nameField({ text }: ConsoleVisit, value: string): FormField {
  return {
    name: 'name',
    label: text('console.contactCenters.name'),
    kind: 'text',
    value,
    isRequired: true,
    maxLength: 256,
  };
}

function domainsField({ text }: ConsoleVisit, value: string, more?: string): FormField {
  const hint = text('console.contactCenters.domains.hint');
  return {
    name: 'domains',
    label: text('console.contactCenters.domains'),
    hint: more === undefined ? hint : `${hint} ${more}`,
    kind: 'textarea',
    value,
    isCode: true,
    isRequired: true,
    rows: Math.min(12, value.split('\n').length + 2),
  };
}

function environmentField(
  visit: ConsoleVisit,
  value: string,
  { all, chosen }: EnvironmentChoice,
  hint = visit.text('console.contactCenters.environment.hint'),
): FormField {
  const field = {
    name: 'environmentId',
    label: visit.text('console.contactCenters.environment'),
    hint,
    value,
    isRequired: true,
  };
  if (all === undefined) {
    const name =
      chosen && visit.text('console.contactCenters.environment.chosen', { name: nameOf(visit, chosen) });
    return {
      ...field,
      hint: name === undefined ? hint : `${name} ${hint}`,
      kind: 'text',
      isCode: true,
      maxLength: 64,
    };
  }
  const known = all.map((environment) => ({
    value: environment.id,
    label: `${nameOf(visit, environment)} · ${environment.id}`,
  }));
  const isKnown = value === '' || known.some((option) => option.value === value);
  return { ...field, kind: 'select', options: isKnown ? known : [{ value, label: value }, ...known] };
}

/** `kinds`: with an empty one where a choice may be left out. */
function membershipFields(
  { text }: ConsoleVisit,
  { membershipBy, membershipNames }: CenterFields,
  kinds: readonly (MembershipKind | '')[],
): FormField[] {
  return [
    {
      name: 'membershipBy',
      label: text('console.contactCenters.membership'),
      hint: text('console.contactCenters.membership.hint'),
      kind: 'select',
      value: membershipBy,
      isRequired: !kinds.includes(''),
      options: kinds.map((kind) => ({
        value: kind,
        label: text(`console.contactCenters.membership.${kind === '' ? 'none' : kind}`),
      })),
    },
    {
      name: 'membershipNames',
      label: text('console.contactCenters.membership.names'),
      hint: text('console.contactCenters.membership.names.hint'),
      kind: 'textarea',
      value: membershipNames,
      isRequired: false,
      rows: Math.min(12, membershipNames.split('\n').length + 1),
    },
  ];
}

function statusField({ text, rights }: ConsoleVisit, value: CenterFields['status']): FormField {
  return {
    name: 'status',
    label: text('console.contactCenters.status'),
    kind: 'choice',
    value,
    isRequired: true,
    options: [
      {
        value: 'active',
        label: text('console.contactCenters.status.active'),
        hint: text('console.contactCenters.status.active.hint'),
      },
      {
        value: 'disabled',
        label: text('console.contactCenters.status.disabled'),
        hint: text(
          rights.installation
            ? 'console.contactCenters.status.disabled.ends'
            : 'console.contactCenters.status.disabled.endsYou',
        ),
      },
    ],
  };
}

const places: [of: RegExp, field: string][] = [
  [/^domains\W/, 'domains'],
  [/^membership(?:\Wby)?$/, 'membershipBy'],
  [/^membership\Wnames\b/, 'membershipNames'],
];

/** The API names the line of a list, which has one field here, and the part of a choice. */
export function besideFields(problem: Problem): Problem {
  const told = Object.entries(problem.fields);
  const moved = places.flatMap(([of, field]) => {
    const line = told.find(([name]) => of.test(name));
    return line ? [[field, line[1]] as const] : [];
  });
  return { ...problem, fields: { ...Object.fromEntries(moved), ...problem.fields } };
}
