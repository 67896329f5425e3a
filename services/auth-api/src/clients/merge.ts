/** Merges the fields that an administrator sent into a client. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { KeySource } from '../assertions/key-sets.ts';
import type { AssertionIssuer, Client } from './client.ts';
import { type ClientDefaults, impliedResponseTypes } from './new-client.ts';
import { problemsOf } from './problems.ts';
import type { ClientPatch } from './schemas.ts';

/** Compat: internal clients show these in their stored form. */
const internalGrants = [
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

/** Fields with the same name on the wire; a sent value replaces the stored one. */
const replaced = [
  'name',
  'description',
  'clientType',
  'internalClient',
  'requireConsent',
  'redirectMatching',
  'requirePkce',
  'accessTokenFormat',
  'accessTokenSignedResponseAlg',
  'idTokenSignedResponseAlg',
  'frontchannelLogoutSessionRequired',
  'backchannelLogoutSessionRequired',
  'requirePushedAuthorizationRequests',
  'requireSignedRequestObject',
  'dpopBoundAccessTokens',
  'tlsClientCertificateBoundAccessTokens',
  'backchannelUserCodeParameter',
  'tokenExchange',
] as const;

/** As `replaced`; `null` removes the value. */
const removable = [
  'tokenEndpointAuthMethod',
  'uuidAccessTokens',
  'userinfoSignedResponseAlg',
  'basicAuthorize',
  'globalSignOut',
  'defaultMaxAgeSeconds',
  'frontchannelLogoutUri',
  'backchannelLogoutUri',
  'authorizationSignedResponseAlg',
  'authorizationEncryptedResponseAlg',
  'authorizationEncryptedResponseEnc',
  'introspectionSignedResponseAlg',
  'introspectionEncryptedResponseAlg',
  'introspectionEncryptedResponseEnc',
  'idTokenEncryptedResponseAlg',
  'idTokenEncryptedResponseEnc',
  'userinfoEncryptedResponseAlg',
  'userinfoEncryptedResponseEnc',
  'clientUri',
  'policyUri',
  'tosUri',
  'logoUri',
  'requestObjectSigningAlg',
  'backchannelTokenDeliveryMode',
  'backchannelAuthenticationRequestSigningAlg',
] as const;

/** Fields that the patch does not contain keep their value; secrets are not changed. @throws AppError (400) */
export function mergeClient(client: Client, patch: ClientPatch, defaults: ClientDefaults): Client {
  const internalClient = patch.internalClient ?? client.internalClient;
  const grants = patch.authorizedGrantTypes ?? client.grantTypes;
  const grantTypes = unique(internalClient ? [...grants, ...internalGrants] : grants);
  const merged: Client = {
    ...mergePlainFields(client, patch),
    ...mergeKeySource(client, patch),
    ...mergeIdleTime(client, patch),
    authorities: unique(patch.authorities ?? client.authorities),
    scope: unique(patch.scope ?? client.scope),
    grantTypes,
    responseTypes: unique(
      patch.responseTypes ?? impliedResponseTypes(client, grantTypes, defaults.impliesToken),
    ),
    redirectUris: unique(patch.redirectURIs ?? client.redirectUris),
    postLogoutRedirectUris: unique(patch.postLogoutRedirectURIs ?? client.postLogoutRedirectUris),
    accessTokenTtlSeconds: patch.accessTokenExpirationTimeout ?? client.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: patch.refreshTokenExpirationTimeout ?? client.refreshTokenTtlSeconds,
    contactCenterIds: unique(patch.contactCenterIds ?? client.contactCenterIds),
    samlBearer: patch.samlBearer ? { issuers: patch.samlBearer.issuers.map(definedOnly) } : client.samlBearer,
    jwtBearer: patch.jwtBearer ? { issuers: patch.jwtBearer.issuers.map(issuerOf) } : client.jwtBearer,
    membershipClaims: unique(patch.membershipClaims ?? client.membershipClaims),
    resources: unique(patch.resources ?? client.resources),
    detailTypes: patch.detailTypes ?? client.detailTypes,
    authorizationDetailsTypes: unique(patch.authorizationDetailsTypes ?? client.authorizationDetailsTypes),
  };
  const problems = problemsOf(merged, patch, { before: client, defaults });
  if (problems.length > 0) {
    throw badRequest(problems.map(({ field, message }) => `${field}: ${message}`).join('; '), { problems });
  }
  return merged;
}

/** Merges `replaced` and `removable`; drops keys and idle time, which have rules of their own. */
function mergePlainFields(
  { jwks: _jwks, jwksUri: _jwksUri, refreshTokenIdleSeconds: _idle, ...client }: Client,
  patch: ClientPatch,
): Client {
  const merged: Record<string, unknown> = { ...client };
  for (const field of replaced) merged[field] = patch[field] ?? client[field];
  for (const field of removable) {
    if (patch[field] === null) delete merged[field];
    else if (patch[field] !== undefined) merged[field] = patch[field];
  }
  return merged as unknown as Client;
}

function mergeIdleTime(
  { refreshTokenIdleSeconds }: Client,
  { refreshTokenIdleTimeout }: ClientPatch,
): Pick<Client, 'refreshTokenIdleSeconds'> {
  const seconds = refreshTokenIdleTimeout === undefined ? refreshTokenIdleSeconds : refreshTokenIdleTimeout;
  return seconds == null ? {} : { refreshTokenIdleSeconds: seconds };
}

/** A client has one source of keys: a new one replaces the other. */
function mergeKeySource({ jwks, jwksUri }: KeySource, patch: ClientPatch): KeySource {
  if (patch.jwks || patch.jwksUri) return keySourceOf(patch);
  return definedOnly({
    jwks: patch.jwks === null ? undefined : jwks,
    jwksUri: patch.jwksUri === null ? undefined : jwksUri,
  });
}

function keySourceOf({ jwks, jwksUri }: Pick<ClientPatch, 'jwks' | 'jwksUri'>): KeySource {
  if (jwks) return { jwks: jwks as NonNullable<KeySource['jwks']> };
  return jwksUri ? { jwksUri } : {};
}

function issuerOf({ jwks, jwksUri, ...rest }: NonNullable<ClientPatch['jwtBearer']>['issuers'][number]) {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...given, ...keySourceOf({ jwks, jwksUri }) } as AssertionIssuer;
}

function unique<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
