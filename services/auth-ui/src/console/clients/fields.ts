/** Builds the fields that the form of a client and the wizard share. */
import type { TextKey } from '../../texts/texts.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { EditFields } from './edit-fields.ts';

export type Fields = Pick<ConsoleVisit, 'text'>;

export function nameFields({ text }: Fields, typed: Pick<EditFields, 'name' | 'description'>): FormField[] {
  return [
    {
      name: 'name',
      label: text('console.clients.name'),
      hint: text('console.clients.name.hint'),
      kind: 'text',
      value: typed.name,
      isRequired: true,
      maxLength: 256,
    },
    {
      name: 'description',
      label: text('console.clients.description'),
      hint: text('console.clients.description.hint'),
      kind: 'text',
      value: typed.description,
      maxLength: 2000,
    },
  ];
}

export function redirectFields(
  { text }: Fields,
  typed: Pick<EditFields, 'redirectURIs' | 'postLogoutRedirectURIs'>,
  hint: TextKey,
  isRequired = false,
): FormField[] {
  return [
    { ...lines({ text }, 'redirectURIs', typed.redirectURIs), hint: text(hint), isRequired },
    lines({ text }, 'postLogoutRedirectURIs', typed.postLogoutRedirectURIs),
  ];
}

export function scopeField({ text }: Fields, value: string): FormField {
  return {
    name: 'scope',
    label: text('console.clients.scope'),
    hint: text('console.clients.scope.hint'),
    kind: 'text',
    value,
    isCode: true,
    isRequired: true,
  };
}

export function exchangeFields(
  visit: Fields,
  typed: Pick<EditFields, 'subjectClients' | 'audiences' | 'delegation'>,
): FormField[] {
  const { text } = visit;
  return [
    lines(visit, 'subjectClients', typed.subjectClients),
    lines(visit, 'audiences', typed.audiences),
    {
      name: 'delegation',
      label: text('console.clients.delegation'),
      hint: text('console.clients.delegation.hint'),
      kind: 'check',
      isChecked: typed.delegation !== undefined,
    },
  ];
}

/** A list, one value in each line. */
export function lines(
  { text }: Fields,
  name:
    | 'redirectURIs'
    | 'postLogoutRedirectURIs'
    | 'authorities'
    | 'contactCenterIds'
    | 'resources'
    | 'subjectClients'
    | 'audiences',
  value: string,
): FormField {
  return {
    name,
    label: text(`console.clients.${name}`),
    hint: text(`console.clients.${name}.hint`),
    kind: 'textarea',
    rows: 3,
    value,
    isCode: true,
  };
}
