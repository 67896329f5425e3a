/** Reads the form that changes a client: from a registration to what is typed, and back to a change. */
import type { ClientView } from '@gatehouse/contracts/auth-api/administration/client-view';
import { z } from 'zod';
import { linesOf, numberOf, tagField, typedText } from '../shell/typed.ts';
import { shortGrant } from './words.ts';

/** In the order of the form. */
export const grants = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'password',
  'implicit',
] as const;

export const grantField = (grantType: string) => `grant_${shortGrant(grantType)}`;

const box = z.string().optional();
const lines = z.string().max(400_000).default('');

/** As typed. An absent check box is off. */
export const editFields = z.object({
  ...tagField,
  name: typedText(512),
  description: typedText(4000),
  redirectURIs: lines,
  postLogoutRedirectURIs: lines,
  requirePkce: box,
  requireConsent: box,
  scope: typedText(20_000),
  authorities: lines,
  contactCenterIds: lines,
  internalClient: box,
  accessTokenFormat: z.enum(['opaque', 'jwt']).catch('opaque'),
  accessTokenExpirationTimeout: typedText(16),
  refreshTokenExpirationTimeout: typedText(16),
  refreshTokenIdleTimeout: typedText(16),
  backchannelLogoutUri: typedText(2048),
  frontchannelLogoutUri: typedText(2048),
  subjectClients: lines,
  audiences: lines,
  delegation: box,
  ...Object.fromEntries(grants.map((grantType) => [grantField(grantType), box])),
});

export type EditFields = z.infer<typeof editFields>;

export const isGranted = (typed: EditFields, grantType: string): boolean =>
  (typed as Record<string, unknown>)[grantField(grantType)] !== undefined;

/** One value in each line, or several with white space between them. */
export const valuesOf = (typed: string): string[] => typed.split(/\s+/).filter((value) => value !== '');

export function typedOf(client: ClientView): EditFields {
  const on = (isOn: boolean) => (isOn ? 'true' : undefined);
  const boxes = grants.map((grantType) => [
    grantField(grantType),
    on(client.authorizedGrantTypes.includes(grantType)),
  ]);
  return {
    ...Object.fromEntries(boxes),
    ifMatch: '',
    name: client.name,
    description: client.description,
    redirectURIs: client.redirectURIs.join('\n'),
    postLogoutRedirectURIs: client.postLogoutRedirectURIs.join('\n'),
    requirePkce: on(client.requirePkce),
    requireConsent: on(client.requireConsent),
    scope: client.scope.join(' '),
    authorities: client.authorities.join('\n'),
    contactCenterIds: client.contactCenterIds.join('\n'),
    internalClient: on(client.internalClient),
    accessTokenFormat: client.accessTokenFormat === 'jwt' ? 'jwt' : 'opaque',
    accessTokenExpirationTimeout: String(client.accessTokenExpirationTimeout),
    refreshTokenExpirationTimeout: String(client.refreshTokenExpirationTimeout),
    refreshTokenIdleTimeout: String(client.refreshTokenIdleTimeout ?? ''),
    backchannelLogoutUri: client.backchannelLogoutUri ?? '',
    frontchannelLogoutUri: client.frontchannelLogoutUri ?? '',
    subjectClients: client.tokenExchange.subjectClients.join('\n'),
    audiences: client.tokenExchange.audiences.join('\n'),
    delegation: on(client.tokenExchange.delegation),
  };
}

/** `current` keeps what the form does not show: further grants, and further rules of token exchange. */
export function changeOf(typed: EditFields, current: ClientView): Record<string, unknown> {
  const shown: readonly string[] = grants;
  const chosen = grants.filter((grantType) => isGranted(typed, grantType));
  const isPublic = current.clientType === 'PUBLIC';
  return {
    name: typed.name,
    description: typed.description,
    authorizedGrantTypes: [
      ...chosen,
      ...current.authorizedGrantTypes.filter((grantType) => !shown.includes(grantType)),
    ],
    redirectURIs: valuesOf(typed.redirectURIs),
    postLogoutRedirectURIs: valuesOf(typed.postLogoutRedirectURIs),
    requirePkce: typed.requirePkce !== undefined,
    requireConsent: typed.requireConsent !== undefined,
    scope: valuesOf(typed.scope),
    // Their names may have spaces.
    authorities: linesOf(typed.authorities),
    contactCenterIds: valuesOf(typed.contactCenterIds),
    accessTokenFormat: typed.accessTokenFormat,
    accessTokenExpirationTimeout: numberOf(typed.accessTokenExpirationTimeout),
    refreshTokenExpirationTimeout: numberOf(typed.refreshTokenExpirationTimeout),
    refreshTokenIdleTimeout:
      typed.refreshTokenIdleTimeout === '' ? null : numberOf(typed.refreshTokenIdleTimeout),
    backchannelLogoutUri: typed.backchannelLogoutUri || null,
    frontchannelLogoutUri: typed.frontchannelLogoutUri || null,
    // The form of a public client does not have them.
    ...(isPublic
      ? {}
      : {
          internalClient: typed.internalClient !== undefined,
          tokenExchange: {
            ...current.tokenExchange,
            subjectClients: valuesOf(typed.subjectClients),
            audiences: valuesOf(typed.audiences),
            delegation: typed.delegation !== undefined,
          },
        }),
  };
}
