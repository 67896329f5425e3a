/** Builds the client of the installation's own services from configuration; the database does not contain it. */

import { managementAuthority } from '@gatehouse/contracts/auth-api';
import { digestSecret, linesOf, type Secret } from '@gatehouse/service-kit/crypto';
import { exchangeGrantType, jwtBearerGrantType } from '../../../core/protocol/grant-types.ts';
import type { Client } from '../client.ts';
import { newClient } from '../new-client.ts';

const ttlSeconds = 3600;

export function serviceClient(id: string, secret: Secret, nowMs: number): Client {
  return {
    ...newClient(
      id,
      {
        redirectMatching: 'exact',
        requirePkce: true,
        accessTokenTtlSeconds: ttlSeconds,
        refreshTokenTtlSeconds: ttlSeconds,
      },
      nowMs,
    ),
    name: 'Gatehouse services',
    description: 'Calls between the services of this installation',
    internalClient: true,
    // Never stored, so a fast digest does not make it weaker. The operator chose it, so it can be guessed.
    secrets: linesOf(secret.reveal()).map((line) => ({ hash: digestSecret(line), isChosen: true })),
    authorities: ['ROLE_SERVICE', managementAuthority],
    grantTypes: ['client_credentials', exchangeGrantType, jwtBearerGrantType],
    responseTypes: [],
  };
}
