/** Authenticates the callers of SCIM: a key of the contact centre with the purpose scim, or whoever calls the other routes. */
import { parseBearerToken } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { createGrowingCache } from '@gatehouse/service-kit/cache/growing-cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/secrets';
import { invalidToken } from '@gatehouse/service-kit/errors/oauth-error';
import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { Caller } from '../access/caller.ts';
import { isScimKey } from '../api-keys/api-key.ts';
import type { ApiKeyService } from '../api-keys/service.ts';

const maxProved = 10_000;

export interface OtherCallers {
  authenticate(sender: SenderRequest, clientAddress: string): Promise<Caller>;
  /** An authenticated caller as of now. */
  look(sender: SenderRequest, caller: Caller): Promise<Caller>;
}

export function createScimAuthentication({
  apiKeys,
  others,
  now,
}: {
  apiKeys: Pick<ApiKeyService, 'scimCallerOf'>;
  /** As on the other routes. */
  others: OtherCallers;
  now: Clock;
}) {
  // No key can be guessed. Each wrong one costs a look-up.
  const wrongKeys = createAddressLimiter({ attempts: 200, windowMs: 60_000, now });
  // Customers of one cloud call from the same addresses: wrong keys of one must not keep the key of another out.
  const proved = createGrowingCache<true>(maxProved);

  return {
    /** @throws AppError 401 without valid credentials for this contact centre, 429 after too many wrong keys */
    async authenticate(
      sender: SenderRequest,
      clientAddress: string,
      contactCenterId: string,
    ): Promise<Caller> {
      const key = scimKeyOf(sender);
      if (key === undefined) return others.authenticate(sender, clientAddress);
      const mark = sha256(`${contactCenterId} ${key}`);
      if (!proved.has(mark)) wrongKeys.check(clientAddress);
      const caller = await apiKeys.scimCallerOf(key, contactCenterId);
      if (caller !== undefined) {
        proved.set(mark, true);
        return caller;
      }
      proved.delete(mark);
      wrongKeys.reserve(clientAddress);
      throw refusedKey();
    },
    /** An authenticated caller as of now. @throws AppError 401, 503 */
    async look(sender: SenderRequest, caller: Caller, contactCenterId: string): Promise<Caller> {
      const key = scimKeyOf(sender);
      if (key === undefined) return others.look(sender, caller);
      const owner = await apiKeys.scimCallerOf(key, contactCenterId);
      if (owner === undefined) throw refusedKey();
      return owner;
    },
  };
}

function scimKeyOf({ headers }: SenderRequest): string | undefined {
  const key = parseBearerToken(headers.authorization);
  return key !== undefined && isScimKey(key) ? key : undefined;
}

function refusedKey() {
  return invalidToken({ detail: 'the SCIM key does not work at this contact centre' });
}
