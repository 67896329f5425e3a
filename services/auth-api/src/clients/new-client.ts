/** What a client is of which nothing is said. */

import type { ResponseType } from '../protocol/response-types.ts';
import type { Client } from './client.ts';

/** What the installation sets for clients that say nothing, and what none of them may pass. */
export interface ClientDefaults {
  redirectMatching: Client['redirectMatching'];
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  maxAccessTokenTtlSeconds: number;
  maxRefreshTokenTtlSeconds: number;
  /** Whether a client with the implicit grant gets the response type token without naming it. */
  impliesToken: boolean;
  /** Whether registered addresses may lead to this machine. */
  allowLoopback: boolean;
}

type LifeDefaults = Pick<
  ClientDefaults,
  'redirectMatching' | 'accessTokenTtlSeconds' | 'refreshTokenTtlSeconds'
>;

export function newClient(clientId: string, defaults: LifeDefaults, nowMs: number): Client {
  return {
    clientId,
    name: clientId,
    description: '',
    clientType: 'CONFIDENTIAL',
    internalClient: false,
    secrets: [],
    authorities: [],
    scope: ['*'],
    grantTypes: ['authorization_code', 'refresh_token'],
    responseTypes: ['code'],
    requireConsent: false,
    redirectUris: [],
    postLogoutRedirectUris: [],
    redirectMatching: defaults.redirectMatching,
    requirePkce: false,
    accessTokenTtlSeconds: defaults.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: defaults.refreshTokenTtlSeconds,
    accessTokenFormat: 'opaque',
    // The algorithm that every relying party knows (OpenID Connect Core section 15.1).
    accessTokenSignedResponseAlg: 'RS256',
    idTokenSignedResponseAlg: 'RS256',
    contactCenterIds: [],
    tokenExchange: { subjectClients: [], audiences: [], delegation: false },
    jwtBearer: { issuers: [] },
    resources: [],
    frontchannelLogoutSessionRequired: false,
    backchannelLogoutSessionRequired: false,
    requirePushedAuthorizationRequests: false,
    requireSignedRequestObject: false,
    dpopBoundAccessTokens: false,
    tlsClientCertificateBoundAccessTokens: false,
    registeredDynamically: false,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 1,
  };
}

/** Which grants a response type needs (OpenID Connect Dynamic Client Registration section 2). */
export function grantsOf(responseType: ResponseType): string[] {
  if (responseType === 'code') return ['authorization_code'];
  return responseType.startsWith('code ') ? ['authorization_code', 'implicit'] : ['implicit'];
}

/** The response types of a client whose grants change and that names none: those that are still covered, and those of new grants. */
export function impliedResponseTypes(
  { grantTypes: formerGrants, responseTypes }: Pick<Client, 'grantTypes' | 'responseTypes'>,
  grantTypes: readonly string[],
  impliesToken: boolean,
): ResponseType[] {
  const isNew = (grantType: string) => grantTypes.includes(grantType) && !formerGrants.includes(grantType);
  const isCovered = (responseType: ResponseType) =>
    grantsOf(responseType).every((grantType) => grantTypes.includes(grantType));
  return [
    ...responseTypes.filter(isCovered),
    ...(isNew('authorization_code') ? (['code'] as const) : []),
    ...(isNew('implicit') && impliesToken ? (['token'] as const) : []),
  ];
}
