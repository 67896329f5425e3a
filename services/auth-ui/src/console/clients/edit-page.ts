/** Builds the form that changes what operators change often about a client. */
import type { ClientView } from '@gatehouse/contracts/auth-api/administration/client-view';
import type { TextKey } from '../../texts/texts.ts';
import type { FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type EditFields, grantField, grants, isGranted } from './edit-fields.ts';
import { exchangeFields, type Fields, lines, nameFields, redirectFields, scopeField } from './fields.ts';
import { clientPath, frameOf } from './frame.ts';
import { shortGrant } from './words.ts';

/** Grants that a client without a secret cannot use. */
const needsSecret = ['client_credentials', 'token-exchange', 'ciba'];

export function editPage(visit: ConsoleVisit, client: ClientView, typed: EditFields, etag: string): FormPage {
  const { text } = visit;
  const isPublic = client.clientType === 'PUBLIC';
  const section = (name: string, fields: FormField[]) => ({
    title: text(`console.clients.edit.${name}` as TextKey),
    text: text(`console.clients.edit.${name}.text` as TextKey),
    fields,
  });
  return {
    ...frameOf(visit, client, 'edit'),
    lead: text('console.clients.edit.lead'),
    form: {
      action: `${clientPath(client.client_id)}/edit`,
      hidden: { ifMatch: etag },
      sections: [
        section('names', nameFields(visit, typed)),
        section('grants', grantFields(visit, client, typed)),
        section('addresses', addressFields(visit, typed)),
        section('reach', reachFields(visit, typed, isPublic)),
        section('tokens', tokenFields(visit, typed)),
        section('logout', logoutFields(visit, typed)),
        ...(isPublic ? [] : [section('exchange', exchangeFields(visit, typed))]),
      ],
      submit: text('console.clients.edit.save'),
      cancel: clientPath(client.client_id),
    },
  };
}

function grantFields({ text }: Fields, client: ClientView, typed: EditFields): FormField[] {
  const isPublic = client.clientType === 'PUBLIC';
  return grants
    .filter(
      (grant) =>
        !(isPublic && needsSecret.includes(shortGrant(grant))) || client.authorizedGrantTypes.includes(grant),
    )
    .map((grant) => ({
      name: grantField(grant),
      label: text(`console.clients.grant.${shortGrant(grant)}` as TextKey),
      hint: text(`console.clients.grant.${shortGrant(grant)}.hint` as TextKey),
      kind: 'check',
      isChecked: isGranted(typed, grant),
    }));
}

function addressFields(visit: Fields, typed: EditFields): FormField[] {
  const { text } = visit;
  return [
    ...redirectFields(visit, typed, 'console.clients.redirectURIs.hint'),
    {
      name: 'requirePkce',
      label: text('console.clients.pkce'),
      hint: text('console.clients.pkce.hint'),
      kind: 'check',
      isChecked: typed.requirePkce !== undefined,
    },
    {
      name: 'requireConsent',
      label: text('console.clients.consent'),
      hint: text('console.clients.consent.hint'),
      kind: 'check',
      isChecked: typed.requireConsent !== undefined,
    },
  ];
}

function reachFields(visit: Fields, typed: EditFields, isPublic: boolean): FormField[] {
  const { text } = visit;
  return [
    scopeField(visit, typed.scope),
    lines(visit, 'authorities', typed.authorities),
    lines(visit, 'contactCenterIds', typed.contactCenterIds),
    ...(isPublic
      ? []
      : [
          {
            name: 'internalClient',
            label: text('console.clients.internal'),
            hint: text('console.clients.internal.hint'),
            kind: 'check',
            isChecked: typed.internalClient !== undefined,
          } as const,
        ]),
  ];
}

function tokenFields({ text }: Fields, typed: EditFields): FormField[] {
  const seconds = (
    name: 'accessTokenExpirationTimeout' | 'refreshTokenExpirationTimeout' | 'refreshTokenIdleTimeout',
  ): FormField => ({
    name,
    label: text(`console.clients.${name}`),
    hint: text(`console.clients.${name}.hint`),
    kind: 'number',
    value: typed[name],
    isRequired: name !== 'refreshTokenIdleTimeout',
  });
  return [
    {
      name: 'accessTokenFormat',
      label: text('console.clients.format'),
      kind: 'choice',
      value: typed.accessTokenFormat,
      options: (['opaque', 'jwt'] as const).map((value) => ({
        value,
        label: text(`console.clients.format.${value}`),
        hint: text(`console.clients.format.${value}.hint`),
      })),
    },
    seconds('accessTokenExpirationTimeout'),
    seconds('refreshTokenExpirationTimeout'),
    seconds('refreshTokenIdleTimeout'),
  ];
}

function logoutFields({ text }: Fields, typed: EditFields): FormField[] {
  return (['backchannelLogoutUri', 'frontchannelLogoutUri'] as const).map((name) => ({
    name,
    label: text(`console.clients.${name}`),
    hint: text(`console.clients.${name}.hint`),
    kind: 'url',
    value: typed[name],
    isCode: true,
    maxLength: 2048,
  }));
}
