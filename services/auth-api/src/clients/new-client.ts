/** Defines the defaults of a client. */
import type { ResponseType } from '../protocol/response-types.ts';
import type { Client } from './client.ts';

/** The installation's defaults and limits for clients. */
export interface ClientDefaults {
  redirectMatching: Client['redirectMatching'];
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  maxAccessTokenTtlSeconds: number;
  maxRefreshTokenTtlSeconds: number;
  /** Whether a client with the implicit grant gets the response type token without naming it. */
  impliesToken: boolean;
  /** Whether a new client must send a code challenge unless its registration says otherwise (RFC 9700 section 2.1.1). */
  requirePkce: boolean;
  /** Whether registered addresses may be on the loopback interface. */
  allowLoopback: boolean;
}

type FieldDefaults = Pick<
  ClientDefaults,
  'redirectMatching' | 'requirePkce' | 'accessTokenTtlSeconds' | 'refreshTokenTtlSeconds'
>;

export function newClient(clientId: string, defaults: FieldDefaults, nowMs: number): Client {
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
    requirePkce: defaults.requirePkce,
    accessTokenTtlSeconds: defaults.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: defaults.refreshTokenTtlSeconds,
    accessTokenFormat: 'opaque',
    // The algorithm that every relying party knows (OpenID Connect Core section 15.1).
    accessTokenSignedResponseAlg: 'RS256',
    idTokenSignedResponseAlg: 'RS256',
    membershipClaims: [],
    contactCenterIds: [],
    tokenExchange: { subjectClients: [], audiences: [], delegation: false },
    jwtBearer: { issuers: [] },
    samlBearer: { issuers: [] },
    resources: [],
    detailTypes: [],
    authorizationDetailsTypes: [],
    frontchannelLogoutSessionRequired: false,
    backchannelLogoutSessionRequired: false,
    requirePushedAuthorizationRequests: false,
    requireSignedRequestObject: false,
    dpopBoundAccessTokens: false,
    tlsClientCertificateBoundAccessTokens: false,
    backchannelUserCodeParameter: false,
    registeredDynamically: false,
    lastGrants: {},
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 1,
  };
}

/** The grant types that a response type needs (OpenID Connect Dynamic Client Registration section 2). */
export function grantsOf(responseType: ResponseType): string[] {
  if (responseType === 'code') return ['authorization_code'];
  return responseType.startsWith('code ') ? ['authorization_code', 'implicit'] : ['implicit'];
}

/** The response types of a client whose grant types change without naming any: those still covered, and those of new grant types. */
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
