/** Obtains the access token with which Auth API calls the Environment API, and renews it. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Client } from '../registry/clients/client.ts';
import { clientTokenRecord } from './access-token.ts';
import type { AccessTokens } from './access-tokens.ts';

const renewAfterMs = 60_000;
const minRenewIntervalMs = 1_000;

export function createServiceAuthorization(
  accessTokens: Pick<AccessTokens, 'issue'>,
  client: Client,
  now: Clock,
  // Time may be set back; a token that was issued ahead of it is renewed all the same.
  monotonicMs: Clock = () => performance.now(),
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

  return {
    /** The value of the Authorization header. @throws AppError (503) if Redis does not answer */
    async header(): Promise<string> {
      if (current === undefined || monotonicMs() >= renewAtMs) {
        renewAtMs = monotonicMs() + renewAfterMs;
        current = obtain();
      }
      return current;
    },
    /** The token was refused: it was revoked, or Redis has lost it. Requests that are refused together renew it once. */
    renew(): void {
      if (monotonicMs() >= renewAtMs - renewAfterMs + minRenewIntervalMs) renewAtMs = 0;
    },
  };
}
