/** Builds the pages of what was deleted: their list, the form that restores one, and the confirmation before it goes for good. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { Restoration } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Text } from '../../texts/texts.ts';
import { clientPath } from '../clients/page-header.ts';
import { bodyOf, type Input, inputsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import { deletedPath } from '../shell/flash.ts';
import type { Column } from '../shell/lists.ts';
import type { ConfirmPage, FormPage, ShownOncePage } from '../shell/pages.ts';
import { breadcrumbsBelowList, type Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { Kept, Kind, Listed } from './kept.ts';

export const deleted: Resource = {
  path: deletedPath,
  title: 'console.deleted.title',
  lead: 'console.deleted.lead',
  empty: 'console.deleted.empty',
};

export const keptPath = (kind: Kind, id: string) => `${deletedPath}/one/${kind}/${encodeURIComponent(id)}`;

export const columns = ({ text }: ConsoleVisit, { names, centers }: Listed): Column<Kept>[] => [
  {
    label: 'console.deleted.name',
    cell: ({ name, clientId, kind, contactCenterId = '' }) => ({
      text: name,
      note: kind === 'person' ? centers.get(contactCenterId) : undefined,
      ids: clientId === undefined ? [] : [clientId],
    }),
  },
  { label: 'console.deleted.kind', cell: ({ kind }) => ({ text: text(`console.deleted.kind.${kind}`) }) },
  {
    label: 'console.deleted.at',
    cell: ({ deletedAt, deletedBy }) => ({
      text: text('console.at', { at: new Date(deletedAt) }),
      note: names.get(deletedBy) ?? deletedBy,
    }),
  },
  {
    label: 'console.deleted.until',
    cell: ({ until }) => ({ text: text('console.at', { at: new Date(until) }) }),
  },
];

/** A client holds nothing about people: its time simply ends. */
export const actionsOf = ({ text }: { text: Text }, kept: Kept) => {
  const { kind, id, name } = kept;
  const describes = name;
  return [
    { label: text('console.deleted.restore'), href: `${keptPath(kind, id)}/restore`, describes },
    ...(kind === 'client'
      ? []
      : kind === 'person'
        ? [{ label: text('console.people.erase'), href: eraseAddress(kept), describes, isEnding: true }]
        : [{ label: text('console.deleted.forget'), href: `${keptPath(kind, id)}/forget`, describes }]),
  ];
};

/** Everything that is known of a person goes at once, and not what is kept here alone. */
function eraseAddress({ name: user, contactCenterId, number }: Kept): string {
  const query = definedOnly({ user, contactCenter: contactCenterId, number: number?.toString() });
  return `${consolePath}/people/erase?${new URLSearchParams(query)}`;
}

const input = inputsBelow('console.deleted.field');
const another = { empty: 'leave', hint: 'console.deleted.field.another' } as const;
const password = input('password', 'secret', { isRequired: true });
const inputsOf: Readonly<Record<Kind, readonly Input[]>> = {
  client: [input('client_id', 'text', { ...another, appearance: { isCode: true } })],
  environment: [input('name', 'text', another)],
  'contact-center': [input('name', 'text', another), input('domains', 'lines', another)],
  person: [input('name', 'text', { ...another, label: 'console.deleted.field.userName' })],
};

const inputsFor = ({ kind, needsPassword }: Kept) => [
  ...(needsPassword ? [password] : []),
  ...inputsOf[kind],
];

export const restorationOf = (visit: ConsoleVisit, kept: Kept, typed: Typed) =>
  bodyOf<Restoration & { client_id?: string }>(visit, inputsFor(kept), typed);

export function restorePage(visit: ConsoleVisit, kept: Kept, typed: Typed | undefined): FormPage {
  const { text } = visit;
  const { kind, id, name } = kept;
  const inputs = inputsFor(kept);
  return {
    title: text('console.deleted.restore.title', { name }),
    lead: text(`console.deleted.restore.${kind}`),
    breadcrumbs: breadcrumbsBelowList(visit, deleted),
    form: {
      action: `${keptPath(kind, id)}/restore`,
      sections: sectionsOf(visit, [{ inputs }], typed ?? typedOf(inputs)),
      submit: text('console.deleted.restore'),
      cancel: deletedPath,
    },
  };
}

export function forgetPage(visit: ConsoleVisit, { kind, id, name }: Kept): ConfirmPage {
  return confirmationOf(visit, {
    key: 'console.deleted.forget',
    named: { name },
    breadcrumbs: breadcrumbsBelowList(visit, deleted),
    action: `${keptPath(kind, id)}/forget`,
    cancel: deletedPath,
    isDangerous: true,
  });
}

export function secretPage(visit: ConsoleVisit, clientId: string, secret: string): ShownOncePage {
  const { text } = visit;
  return {
    title: text('console.clients.secret.new'),
    lead: text('console.deleted.restored', { name: clientId }),
    breadcrumbs: breadcrumbsBelowList(visit, deleted),
    values: [
      { label: text('field.client.client_id'), value: clientId },
      { label: text('console.clients.secret'), value: secret },
    ],
    warning: text('console.clients.secret.warning'),
    next: { label: text('console.clients.secret.back'), href: clientPath(clientId) },
  };
}
