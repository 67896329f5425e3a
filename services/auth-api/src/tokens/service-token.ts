/** The token that Auth API gives itself for its calls to the Environment API. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Client } from '../clients/client.ts';
import type { TokenIssuer } from './issue.ts';

/** Far below the life of the token: should Redis lose its data, calls work again soon. */
const renewAfterMs = 60_000;

/** Value of the Authorization header. @throws AppError (503) */
export function createServiceAuthorization(
  issuer: TokenIssuer,
  client: Client,
  now: Clock,
): () => Promise<string> {
  let current: Promise<string> | undefined;
  let renewAtMs = 0;

  return () => {
    if (current !== undefined && now() < renewAtMs) return current;
    renewAtMs = now() + renewAfterMs;
    const made = issuer
      .issueForClient(client, client.scope, undefined)
      .then((answer) => `Bearer ${answer.access_token}`);
    current = made;
    // A failure is not kept: the next call tries again.
    made.catch(() => {
      if (current === made) current = undefined;
    });
    return made;
  };
}
