/** Authenticates the callers of SCIM: a key of the contact centre with the purpose scim, or whoever calls the other routes. */
import { parseBearerToken } from '@gatehouse/caller-auth/credentials';
import { invalidToken } from '@gatehouse/caller-auth/oauth-errors';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { FastifyRequest } from 'fastify';
import type { Admission } from '../access/admission.ts';
import { isScimKey } from '../api-keys/api-key.ts';
import type { ApiKeyService } from '../api-keys/service.ts';

const maxProved = 10_000;

export function createScimAdmission({
  apiKeys,
  others,
  now,
}: {
  apiKeys: Pick<ApiKeyService, 'scimCallerOf'>;
  /** As on the other routes, by the same rows of the matrix. */
  others: Admission;
  now: Clock;
}): Admission {
  // No key can be guessed. Each wrong one costs a look-up.
  const wrongKeys = createAddressLimiter({ attempts: 200, windowMs: 60_000, now });
  // Customers of one cloud call from the same addresses: wrong keys of one must not keep the key of another out.
  const proved = createGrowingCache<true>(maxProved);

  return {
    /** @throws AppError 401 without valid credentials for this contact centre, 429 after too many wrong keys */
    async enter(request) {
      const key = scimKeyOf(request);
      if (key === undefined) return others.enter(request);
      const contactCenterId = contactCenterIdOf(request);
      const mark = sha256(`${contactCenterId} ${key}`);
      if (!proved.has(mark)) wrongKeys.check(request.ip);
      const caller = await apiKeys.scimCallerOf(key, contactCenterId);
      if (caller !== undefined) {
        proved.set(mark, true);
        return caller;
      }
      proved.delete(mark);
      wrongKeys.reserve(request.ip);
      throw refusedKey();
    },
    async again(request) {
      const key = scimKeyOf(request);
      if (key === undefined) return others.again(request);
      const caller = await apiKeys.scimCallerOf(key, contactCenterIdOf(request));
      if (caller === undefined) throw refusedKey();
      return caller;
    },
    decide: others.decide,
  };
}

/** The contact centre whose people the routes are about, as the path has it. */
export function contactCenterIdOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id;
}

function scimKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = parseBearerToken(headers.authorization);
  return key !== undefined && isScimKey(key) ? key : undefined;
}

function refusedKey() {
  return invalidToken({ detail: 'the SCIM key does not work at this contact centre' });
}
