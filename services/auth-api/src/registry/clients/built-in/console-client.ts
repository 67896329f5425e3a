/** Builds the client of the operator console and the account area from configuration; the database does not contain it. */

import {
  accountPath,
  consoleClientId,
  consoleLinkGrantType,
  consolePath,
  consoleScope,
} from '@gatehouse/contracts/auth-api';
import { consoleClientSecrets, digestSecret, type Secret } from '@gatehouse/service-kit/crypto';
import type { Client } from '../client.ts';
import { newClient } from '../new-client.ts';

/** Short, because an administrator's token opens much; the console renews it without being seen. */
const accessTtlSeconds = 300;
/** A working day; afterwards the login session decides whether the person signs in again. */
const refreshTtlSeconds = 43_200;

export function consoleClient(publicUrl: string, serviceSecret: Secret, nowMs: number): Client {
  return {
    ...newClient(
      consoleClientId,
      {
        redirectMatching: 'exact',
        requirePkce: true,
        accessTokenTtlSeconds: accessTtlSeconds,
        refreshTokenTtlSeconds: refreshTtlSeconds,
      },
      nowMs,
    ),
    name: 'Gatehouse',
    description: 'The operator console and the account area of this installation',
    // Derived from a secret that the operator chose, so it can be guessed with that one.
    secrets: consoleClientSecrets(serviceSecret).map((secret) => ({
      hash: digestSecret(secret),
      isChosen: true,
    })),
    grantTypes: ['authorization_code', 'refresh_token', consoleLinkGrantType],
    scope: [...consoleScope],
    redirectUris: [consolePath, accountPath].map((path) => `${publicUrl}${path}/callback`),
    postLogoutRedirectUris: [consolePath, accountPath].map((path) => `${publicUrl}${path}`),
    uuidAccessTokens: false,
  };
}
