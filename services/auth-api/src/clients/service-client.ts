/** The client that the installation's own services use: it comes from configuration and is in no database. */
import { managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { digestSecret } from '@gatehouse/service-kit/credentials/stored-secret';
import type { Secret } from '@gatehouse/service-kit/secret';
import type { Client } from './client.ts';

const accessTokenTtlSeconds = 3600;

export function serviceClient(id: string, secret: Secret, nowMs: number): Client {
  return {
    clientId: id,
    name: 'Gatehouse services',
    description: 'Calls between the services of this installation',
    clientType: 'CONFIDENTIAL',
    internalClient: true,
    // Never stored, so a fast digest does not make it weaker.
    secrets: [{ hash: digestSecret(secret.reveal()) }],
    authorities: ['ROLE_SERVICE', managementAuthority],
    scope: ['*'],
    grantTypes: [
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ],
    redirectUris: [],
    postLogoutRedirectUris: [],
    redirectMatching: 'exact',
    requirePkce: true,
    accessTokenTtlSeconds,
    refreshTokenTtlSeconds: accessTokenTtlSeconds,
    contactCenterIds: [],
    tokenExchange: { subjectClients: [], audiences: [], delegation: false },
    resources: [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 1,
  };
}
