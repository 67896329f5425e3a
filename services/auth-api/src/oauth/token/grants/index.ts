/** Lists the grants of the token endpoint, in the order of the discovery document, which names those that clients can be registered for. */
import {
  backchannelGrantType,
  exchangeGrantType,
  jwtBearerGrantType,
  samlBearerGrantType,
} from '../../../core/protocol/grant-types.ts';
import type { GrantHandler } from '../grant-handler.ts';
import { type AuthorizationCodeDeps, authorizationCodeGrant } from './authorization-code.ts';
import { type CibaDeps, cibaGrant } from './ciba.ts';
import { type ClientCredentialsDeps, clientCredentialsGrant } from './client-credentials.ts';
import { type ConsoleLinkDeps, consoleLinkGrant } from './console-link.ts';
import { type DeviceCodeDeps, deviceCodeGrant } from './device-code.ts';
import { type JwtBearerDeps, jwtBearerGrant } from './jwt-bearer.ts';
import { type PasswordDeps, passwordGrant } from './password.ts';
import { type RefreshTokenDeps, refreshTokenGrant } from './refresh-token.ts';
import { type SamlBearerDeps, samlBearerGrant } from './saml-bearer.ts';
import { type TokenExchangeDeps, tokenExchangeGrant } from './token-exchange.ts';

export type GrantDeps = AuthorizationCodeDeps &
  ClientCredentialsDeps &
  PasswordDeps &
  RefreshTokenDeps &
  TokenExchangeDeps &
  JwtBearerDeps &
  SamlBearerDeps &
  DeviceCodeDeps &
  CibaDeps &
  ConsoleLinkDeps;

export function createGrants(deps: GrantDeps): ReadonlyMap<string, GrantHandler> {
  const handlers = [
    authorizationCodeGrant(deps),
    clientCredentialsGrant(deps),
    refreshTokenGrant(deps),
    passwordGrant(deps),
    tokenExchangeGrant(deps),
    jwtBearerGrant(deps),
    samlBearerGrant(deps),
    deviceCodeGrant(deps),
    cibaGrant(deps),
    consoleLinkGrant(deps),
  ];
  return new Map(handlers.map((handler) => [handler.grantType, handler]));
}

/** The values of `grant_types_supported` in the discovery document. */
export const grantTypes = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'password',
  exchangeGrantType,
  jwtBearerGrantType,
  samlBearerGrantType,
  'urn:ietf:params:oauth:grant-type:device_code',
  backchannelGrantType,
];
