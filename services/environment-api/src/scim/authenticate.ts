/** Authenticates the callers of SCIM: a key of the contact centre with the purpose scim, or whoever calls the other routes. */
import { parseBearerToken } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import type { Clock } from '@gatehouse/service-kit/clock';
import { invalidToken } from '@gatehouse/service-kit/errors/oauth-error';
import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { Caller } from '../access/caller.ts';
import { isScimKey } from '../api-keys/api-key.ts';
import type { ApiKeyService } from '../api-keys/service.ts';

type Authenticate = (sender: SenderRequest, clientAddress: string) => Promise<Caller>;

export function createScimAuthentication({
  apiKeys,
  authenticate,
  now,
}: {
  apiKeys: ApiKeyService;
  /** As on the other routes. */
  authenticate: Authenticate;
  now: Clock;
}) {
  // No key can be guessed. Each wrong one costs a look-up.
  const wrongKeys = createAddressLimiter({ attempts: 200, windowMs: 60_000, now });

  /** @throws AppError 401 without valid credentials for this contact centre, 429 after too many wrong keys */
  return async (sender: SenderRequest, clientAddress: string, contactCenterId: string): Promise<Caller> => {
    const key = parseBearerToken(sender.headers.authorization);
    if (key === undefined || !isScimKey(key)) return authenticate(sender, clientAddress);
    wrongKeys.check(clientAddress);
    const caller = await apiKeys.scimCallerOf(key, contactCenterId);
    if (caller !== undefined) return caller;
    wrongKeys.reserve(clientAddress);
    throw invalidToken({ detail: 'the SCIM key does not work at this contact centre' });
  };
}
