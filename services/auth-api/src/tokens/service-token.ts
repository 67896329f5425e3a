/** Obtains the access token with which Auth API calls the Environment API, and renews it. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Client } from '../clients/client.ts';
import { clientTokenRecord } from './access-token.ts';
import type { AccessTokens } from './access-tokens.ts';

/** Much shorter than the token's lifetime: if Redis loses its data, calls soon work again. */
const renewAfterMs = 60_000;

/** @returns the value of the Authorization header. It rejects with AppError (503) if Redis does not answer. */
export function createServiceAuthorization(
  accessTokens: Pick<AccessTokens, 'issue'>,
  client: Client,
  now: Clock,
) {
  let current: Promise<string> | undefined;
  let renewAtMs = 0;

  async function obtain(): Promise<string> {
    try {
      const record = clientTokenRecord(client, { scope: client.scope, cnf: undefined, issuedAtMs: now() });
      return `Bearer ${await accessTokens.issue(client, record)}`;
    } catch (error) {
      // The next call tries again.
      renewAtMs = 0;
      throw error;
    }
  }

  return async (): Promise<string> => {
    if (current === undefined || now() >= renewAtMs) {
      renewAtMs = now() + renewAfterMs;
      current = obtain();
    }
    return current;
  };
}
