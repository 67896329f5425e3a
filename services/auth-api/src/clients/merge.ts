/** Applies what an administrator sent to a client, and says what would not make sense. */

import type { FieldProblem } from '@gatehouse/service-kit/errors/app-error';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { outboundUrlProblem } from '@gatehouse/service-kit/outbound/outbound';
import type { KeySource } from '../assertions/key-sets.ts';
import type { Client } from './client.ts';
import { type ClientPatch, grantTypes } from './schemas.ts';

/** What the installation sets for clients that say nothing. */
export interface ClientDefaults {
  redirectMatching: Client['redirectMatching'];
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  longestAccessTokenTtlSeconds: number;
  longestRefreshTokenTtlSeconds: number;
  /** Whether registered addresses may lead to this machine. */
  allowLoopback: boolean;
}

/** Compat: internal clients show these in their stored form. */
const internalGrants = grantTypes.filter((grantType) => grantType.startsWith('urn:'));

export function newClient(clientId: string, defaults: ClientDefaults, nowMs: number): Client {
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
    redirectUris: [],
    postLogoutRedirectUris: [],
    redirectMatching: defaults.redirectMatching,
    requirePkce: false,
    accessTokenTtlSeconds: defaults.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: defaults.refreshTokenTtlSeconds,
    contactCenterIds: [],
    tokenExchange: { subjectClients: [], audiences: [], delegation: false },
    resources: [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 1,
  };
}

/** Fields that the patch does not name keep their value. Secrets are not touched here. @throws AppError (400) */
export function mergeClient(client: Client, patch: ClientPatch, defaults: ClientDefaults): Client {
  const internalClient = patch.internalClient ?? client.internalClient;
  const grants = patch.authorizedGrantTypes ?? client.grantTypes;
  const authMethod = patch.tokenEndpointAuthMethod ?? client.tokenEndpointAuthMethod;
  const { jwks: _jwks, jwksUri: _jwksUri, ...kept } = client;
  const merged: Client = {
    ...kept,
    ...mergeKeySource(client, patch),
    name: patch.name ?? client.name,
    description: patch.description ?? client.description,
    clientType: patch.clientType ?? client.clientType,
    internalClient,
    authorities: unique(patch.authorities ?? client.authorities),
    scope: unique(patch.scope ?? client.scope),
    grantTypes: unique(internalClient ? [...grants, ...internalGrants] : grants),
    redirectUris: unique(patch.redirectURIs ?? client.redirectUris),
    postLogoutRedirectUris: unique(patch.postLogoutRedirectURIs ?? client.postLogoutRedirectUris),
    redirectMatching: patch.redirectMatching ?? client.redirectMatching,
    requirePkce: patch.requirePkce ?? client.requirePkce,
    accessTokenTtlSeconds: patch.accessTokenExpirationTimeout ?? client.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: patch.refreshTokenExpirationTimeout ?? client.refreshTokenTtlSeconds,
    contactCenterIds: unique(patch.contactCenterIds ?? client.contactCenterIds),
    tokenExchange: patch.tokenExchange ?? client.tokenExchange,
    resources: unique(patch.resources ?? client.resources),
    ...(authMethod === undefined ? {} : { tokenEndpointAuthMethod: authMethod }),
  };
  const problems = problemsOf(merged, patch, defaults);
  if (problems.length > 0) {
    throw badRequest(problems.map(({ field, message }) => `${field}: ${message}`).join('; '), { problems });
  }
  return merged;
}

/** One source of keys: the one that is named last takes the place of the other. */
function mergeKeySource({ jwks, jwksUri }: KeySource, patch: ClientPatch): KeySource {
  if (patch.jwks) return { jwks: patch.jwks as NonNullable<KeySource['jwks']> };
  if (patch.jwksUri) return { jwksUri: patch.jwksUri };
  return {
    ...(jwks === undefined || patch.jwks === null ? {} : { jwks }),
    ...(jwksUri === undefined || patch.jwksUri === null ? {} : { jwksUri }),
  };
}

/** Whether the client's own tokens, which carry its rights, would say more than its registration now does. */
export function losesRights(before: Client, after: Client): boolean {
  if (before.internalClient && !after.internalClient) return true;
  if (!before.authorities.every((authority) => after.authorities.includes(authority))) return true;
  if (after.contactCenterIds.length === 0) return false;
  return (
    before.contactCenterIds.length === 0 ||
    !before.contactCenterIds.every((id) => after.contactCenterIds.includes(id))
  );
}

function problemsOf(client: Client, patch: ClientPatch, defaults: ClientDefaults): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const check = (holds: boolean, field: string, message: string) => {
    if (!holds) problems.push({ field: `data.${field}`, message });
  };
  const isPublic = client.clientType === 'PUBLIC';
  check(!(isPublic && patch.client_secret !== undefined), 'client_secret', 'a PUBLIC client has no secret');
  check(
    !(isPublic && client.grantTypes.includes('client_credentials')),
    'authorizedGrantTypes',
    'a PUBLIC client cannot use client_credentials: it has nothing to prove itself with',
  );
  check(!(isPublic && client.internalClient), 'internalClient', 'an internal client must be CONFIDENTIAL');
  check(
    client.tokenEndpointAuthMethod === undefined || isPublic === (client.tokenEndpointAuthMethod === 'none'),
    'tokenEndpointAuthMethod',
    'none is for PUBLIC clients, the others are for CONFIDENTIAL ones',
  );
  const isByKey = client.tokenEndpointAuthMethod === 'private_key_jwt';
  check(
    !isByKey || client.jwks !== undefined || client.jwksUri !== undefined,
    'tokenEndpointAuthMethod',
    'private_key_jwt needs jwks or jwksUri',
  );
  check(
    !(isByKey && patch.client_secret !== undefined),
    'client_secret',
    'a client of private_key_jwt has no secret',
  );
  check(!(patch.jwks && patch.jwksUri), 'jwksUri', 'give jwks or jwksUri, not both');
  const addressProblem = client.jwksUri && outboundUrlProblem(client.jwksUri, defaults.allowLoopback);
  check(!addressProblem, 'jwksUri', addressProblem ?? '');
  check(
    client.accessTokenTtlSeconds <= defaults.longestAccessTokenTtlSeconds,
    'accessTokenExpirationTimeout',
    `must be at most ${defaults.longestAccessTokenTtlSeconds} seconds`,
  );
  check(
    client.refreshTokenTtlSeconds <= defaults.longestRefreshTokenTtlSeconds,
    'refreshTokenExpirationTimeout',
    `must be at most ${defaults.longestRefreshTokenTtlSeconds} seconds`,
  );
  return problems;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
