/** Shows a client to administrators, and its changes to the audit trail, without its secrets. */
import type { ClientView } from '@gatehouse/contracts/auth-api/administration/client-view';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { diff, type FieldChanges, hiddenValue } from '@gatehouse/service-kit/changes/field-changes';
import type { Client } from './client.ts';

export function viewOf(client: Client): ClientView {
  return {
    client_id: client.clientId,
    name: client.name,
    description: client.description,
    clientType: client.clientType,
    internalClient: client.internalClient,
    authorities: client.authorities,
    scope: client.scope,
    authorizedGrantTypes: client.grantTypes,
    redirectURIs: client.redirectUris,
    postLogoutRedirectURIs: client.postLogoutRedirectUris,
    accessTokenExpirationTimeout: client.accessTokenTtlSeconds,
    refreshTokenExpirationTimeout: client.refreshTokenTtlSeconds,
    refreshTokenIdleTimeout: client.refreshTokenIdleSeconds,
    contactCenterIds: client.contactCenterIds,
    accessTokenFormat: client.accessTokenFormat,
    uuidAccessTokens: client.uuidAccessTokens,
    accessTokenSignedResponseAlg: client.accessTokenSignedResponseAlg,
    idTokenSignedResponseAlg: client.idTokenSignedResponseAlg,
    membershipClaims: client.membershipClaims,
    userinfoSignedResponseAlg: client.userinfoSignedResponseAlg,
    authorizationSignedResponseAlg: client.authorizationSignedResponseAlg,
    authorizationEncryptedResponseAlg: client.authorizationEncryptedResponseAlg,
    authorizationEncryptedResponseEnc: client.authorizationEncryptedResponseEnc,
    introspectionSignedResponseAlg: client.introspectionSignedResponseAlg,
    introspectionEncryptedResponseAlg: client.introspectionEncryptedResponseAlg,
    introspectionEncryptedResponseEnc: client.introspectionEncryptedResponseEnc,
    idTokenEncryptedResponseAlg: client.idTokenEncryptedResponseAlg,
    idTokenEncryptedResponseEnc: client.idTokenEncryptedResponseEnc,
    userinfoEncryptedResponseAlg: client.userinfoEncryptedResponseAlg,
    userinfoEncryptedResponseEnc: client.userinfoEncryptedResponseEnc,
    tokenEndpointAuthMethod: client.tokenEndpointAuthMethod,
    redirectMatching: client.redirectMatching,
    requirePkce: client.requirePkce,
    responseTypes: client.responseTypes,
    basicAuthorize: client.basicAuthorize,
    globalSignOut: client.globalSignOut,
    requireConsent: client.requireConsent,
    defaultMaxAgeSeconds: client.defaultMaxAgeSeconds,
    tokenExchange: client.tokenExchange,
    jwtBearer: client.jwtBearer as ClientView['jwtBearer'],
    samlBearer: client.samlBearer,
    resources: client.resources,
    detailTypes: client.detailTypes,
    authorizationDetailsTypes: client.authorizationDetailsTypes,
    jwks: client.jwks as ClientView['jwks'],
    jwksUri: client.jwksUri,
    frontchannelLogoutUri: client.frontchannelLogoutUri,
    frontchannelLogoutSessionRequired: client.frontchannelLogoutSessionRequired,
    backchannelLogoutUri: client.backchannelLogoutUri,
    backchannelLogoutSessionRequired: client.backchannelLogoutSessionRequired,
    clientUri: client.clientUri,
    policyUri: client.policyUri,
    tosUri: client.tosUri,
    logoUri: client.logoUri,
    logo: client.logo,
    requirePushedAuthorizationRequests: client.requirePushedAuthorizationRequests,
    requireSignedRequestObject: client.requireSignedRequestObject,
    requestObjectSigningAlg: client.requestObjectSigningAlg,
    dpopBoundAccessTokens: client.dpopBoundAccessTokens,
    tlsClientCertificateBoundAccessTokens: client.tlsClientCertificateBoundAccessTokens,
    backchannelTokenDeliveryMode: client.backchannelTokenDeliveryMode,
    backchannelAuthenticationRequestSigningAlg: client.backchannelAuthenticationRequestSigningAlg,
    backchannelUserCodeParameter: client.backchannelUserCodeParameter,
    lastUsedAt: client.lastUsedAtMs,
    lastGrants: grantsOf(client),
    createdAt: client.createdAtMs,
    updatedAt: client.updatedAtMs,
  };
}

function grantsOf({ lastGrants }: Client): ClientView['lastGrants'] {
  const grants = Object.entries(lastGrants).map(([grant_type, at]) => ({ grant_type, at }));
  return grants.length === 0 ? undefined : grants.toSorted((one, other) => other.at - one.at);
}

/** What a change did field by field; of a secret only that it changed. */
export function auditedChanges(before: Client | undefined, after: Client | undefined): FieldChanges {
  const changes = diff(before && auditedFields(before), after && auditedFields(after));
  const had = before?.secrets[0];
  const has = after?.secrets[0];
  if (had?.hash === has?.hash) return changes;
  return {
    ...changes,
    client_secret: definedOnly({ from: had && hiddenValue, to: has && hiddenValue }),
  };
}

function auditedFields(client: Client) {
  const {
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    lastUsedAt: _lastUsedAt,
    lastGrants: _lastGrants,
    ...fields
  } = viewOf(client);
  return fields;
}
