/** A client as its administrators see it: everything but its secrets. */
import type { Client } from './client.ts';
import type { ClientView } from './schemas.ts';

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
    contactCenterIds: client.contactCenterIds,
    accessTokenFormat: 'opaque',
    ...(client.tokenEndpointAuthMethod === undefined
      ? {}
      : { tokenEndpointAuthMethod: client.tokenEndpointAuthMethod }),
    redirectMatching: client.redirectMatching,
    requirePkce: client.requirePkce,
    responseTypes: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    tokenExchange: client.tokenExchange,
    resources: client.resources,
    ...(client.jwks === undefined ? {} : { jwks: client.jwks as NonNullable<ClientView['jwks']> }),
    ...(client.jwksUri === undefined ? {} : { jwksUri: client.jwksUri }),
    createdAt: client.createdAtMs,
    updatedAt: client.updatedAtMs,
  };
}
