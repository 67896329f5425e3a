/** Composes the authentication of callers: operator credentials, introspected tokens, DPoP proofs and certificates. */

import type { HttpClient } from '@gatehouse/api-client/http-client';
import type { Verdict } from '@gatehouse/caller-auth/authorisation/matrix';
import { hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import { createOperator, type OperatorOptions } from '@gatehouse/caller-auth/credentials/operator';
import { createSecretAttempts } from '@gatehouse/caller-auth/credentials/secret-attempts';
import { createSecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import type { ClientCertificates } from '@gatehouse/caller-auth/sender-constraint/client-certificates';
import { createDpopNonces } from '@gatehouse/caller-auth/sender-constraint/dpop-nonces';
import { createDpopProofs } from '@gatehouse/caller-auth/sender-constraint/dpop-proof';
import { createResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Region, requireWritable } from '@gatehouse/service-kit/config';
import type { Secret } from '@gatehouse/service-kit/crypto';
import { AppError, unauthorized } from '@gatehouse/service-kit/errors';
import { nameCorsCaller } from '@gatehouse/service-kit/http';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { Logger } from '@gatehouse/service-kit/observability';
import { createSingleUse, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { FastifyRequest } from 'fastify';
import { createAdministratorPlaces } from './administrator-places.ts';
import type { Admission } from './admission.ts';
import { type Caller, opsCaller, tokenCaller } from './caller.ts';
import { createRowGuard, decide } from './guard.ts';
import { createIntrospection } from './introspection.ts';
import { createResource, type ResourceOptions } from './resource.ts';

export function composeAccess({
  authApi,
  introspection: { path, cacheMs },
  ops,
  dpop,
  encryptionKeys,
  certificates,
  resource,
  region,
  redis,
  keyspace,
  now,
  log,
}: {
  authApi: HttpClient;
  introspection: { path: string; cacheMs: number };
  ops: Pick<OperatorOptions, 'username' | 'password'>;
  dpop: { origins: readonly string[]; requireNonce: boolean };
  encryptionKeys: Secret;
  certificates: ClientCertificates;
  resource: Pick<ResourceOptions, 'publicUrl' | 'takesCertificates'>;
  region: Region;
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
  log: Logger;
}) {
  const attempts = createSecretAttempts({ redis, keyspace, now });
  const verifier = createSecretVerifier({ now, concurrency: 2, shared: attempts });
  const operator = createOperator({ username: ops.username, password: ops.password, verifier, log });
  const introspection = createIntrospection({ http: authApi, path, now, ttlMs: cacheMs });
  const nonces = createDpopNonces({ encryptionKeys, isRequired: dpop.requireNonce, now });
  const dpopProofs = createDpopProofs({ origins: dpop.origins, nonces, now });
  const resourceTokens = createResourceTokens({
    read: introspection.read,
    confirmationOf: ({ cnf }) => cnf,
    isForUs: ({ aud, iss, client_id }) => aud === undefined || aud.includes(iss) || aud.includes(client_id),
    callerOf: (token) => ({ contactCenterIds: token.contact_center_ids }),
    proofs: dpopProofs,
    hasOnlyDetails: ({ scope, authorization_details: details }) => scope === '' && details !== undefined,
    certificates,
    // Introspection needs the same Redis: without it no token was accepted before either.
    singleUse: createSingleUse(redis, keyspace, now),
  });
  const guesses = createAddressLimiter({ attempts: 200, windowMs: 60_000, now });

  /** @throws AppError 401 without valid credentials, 429 after too many wrong ones, 503 when they cannot be checked */
  async function authenticate(sender: SenderRequest, clientAddress: string): Promise<Caller> {
    const { authorization } = sender.headers;
    if (!hasScheme(authorization, 'basic')) return tokenCaller(await resourceTokens.require(sender));
    const readings = parseBasicCredentials(authorization);
    if (await operator.isProvedBy(readings, clientAddress)) {
      nameCorsCaller(sender, { contactCenterIds: [] });
      return opsCaller(operator.username);
    }
    throw unauthorized();
  }

  /** An authenticated caller as of now. The operator's account ends with the process. @throws AppError 401, 503 */
  async function authenticateAgain(sender: SenderRequest, caller: Caller): Promise<Caller> {
    if (hasScheme(sender.headers.authorization, 'basic')) return caller;
    return tokenCaller(await resourceTokens.again(sender));
  }

  /** A guess costs a question to Auth API, so their number is limited. @throws AppError 401, 403, 429, 503 */
  async function authenticateService(request: FastifyRequest): Promise<Caller> {
    const clientAddress = request.ip;
    guesses.reserve(clientAddress);
    try {
      const caller = allowed(await authenticate(request, clientAddress), request);
      guesses.release(clientAddress);
      return caller;
    } catch (error) {
      if (error instanceof AppError && error.status === 503) guesses.release(clientAddress);
      throw error;
    }
  }

  const places = createAdministratorPlaces({ http: authApi, now, ttlMs: cacheMs });
  const guardRow = createRowGuard({ places, now });
  /** A region that takes no writes says so to everybody. */
  const decideHere = (request: FastifyRequest): Verdict => {
    try {
      return decide(request.caller, request);
    } catch (error) {
      if (!['GET', 'HEAD'].includes(request.method)) requireWritable(region);
      throw error;
    }
  };
  return {
    places,
    admission: {
      enter: async (request) => guardRow(await authenticate(request, request.ip), request),
      again: async (request) => guardRow(await authenticateAgain(request, request.caller), request),
      decide: decideHere,
    } satisfies Admission,
    /** For other services. */
    serviceAdmission: {
      enter: authenticateService,
      again: async (request) => allowed(await authenticateAgain(request, request.caller), request),
      decide: decideHere,
    } satisfies Admission,
    dpopProofs,
    resource: createResource({ ...resource, takesProofs: dpop.origins.length > 0 }),
  };
}

/** Returns the caller. @throws AppError 403 */
function allowed(caller: Caller, request: FastifyRequest): Caller {
  decide(caller, request);
  return caller;
}
