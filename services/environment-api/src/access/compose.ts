/** Composes the authentication of callers: operator credentials, introspected tokens, DPoP proofs and certificates. */

import type { Verdict } from '@gatehouse/caller-auth/authorisation';
import {
  createOperator,
  createSecretAttempts,
  createSecretVerifier,
  hasScheme,
  parseBasicCredentials,
} from '@gatehouse/caller-auth/credentials';
import {
  clientCertificatesOf,
  createDpopNonces,
  createDpopProofs,
  createResourceTokens,
  type SenderRequest,
} from '@gatehouse/caller-auth/sender-constraint';
import { requireWritable } from '@gatehouse/service-kit/config';
import { AppError, unauthorized } from '@gatehouse/service-kit/errors';
import { advisoryCheck } from '@gatehouse/service-kit/health';
import { nameCorsCaller } from '@gatehouse/service-kit/http';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import { createSingleUse } from '@gatehouse/service-kit/redis';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import type { Domain, ServicesOf } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createAdministratorPlaces } from './administrator-places.ts';
import type { Admission } from './admission.ts';
import { openAuthApi } from './auth-api.ts';
import { type Caller, opsCaller, tokenCaller } from './caller.ts';
import { createRowGuard, decide } from './guard.ts';
import { createIntrospection } from './introspection.ts';
import { createResource } from './resource.ts';

type AccessConfig = Pick<
  Config,
  'authApi' | 'serviceClient' | 'ops' | 'dpop' | 'encryption' | 'mtls' | 'http' | 'publicUrl'
>;

export type Access = ServicesOf<typeof composeAccess>;

export function composeAccess(core: Core, { config }: { config: AccessConfig }) {
  const { redis, keyspace, region, now, log } = core;
  const { dpop, http, mtls } = config;
  const { username, password } = config.ops;
  const authApi = openAuthApi(config);
  const ttlMs = config.authApi.introspectionCacheMs;
  const attempts = createSecretAttempts({ redis, keyspace, now });
  const verifier = createSecretVerifier({ now, concurrency: 2, shared: attempts });
  const operator = createOperator({ username, password, verifier, log });
  const introspection = createIntrospection({
    http: authApi.http,
    path: authApi.introspectionPath,
    now,
    ttlMs,
  });
  const nonces = createDpopNonces({
    encryptionKeys: config.encryption.keys,
    isRequired: dpop.requireNonce,
    now,
  });
  const dpopProofs = createDpopProofs({ origins: dpop.origins, nonces, now });
  const resourceTokens = createResourceTokens({
    read: introspection.read,
    confirmationOf: ({ cnf }) => cnf,
    isForUs: ({ aud, iss, client_id }) => aud === undefined || aud.includes(iss) || aud.includes(client_id),
    callerOf: (token) => ({ contactCenterIds: token.contact_center_ids }),
    proofs: dpopProofs,
    hasOnlyDetails: ({ scope, authorization_details: details }) => scope === '' && details !== undefined,
    certificates: clientCertificatesOf(config),
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

  const places = createAdministratorPlaces({ http: authApi.http, now, ttlMs });
  const guardRow = createRowGuard({ places, now });
  const decideHere = decideIn(region);
  const resource = createResource({
    publicUrl: config.publicUrl,
    takesProofs: dpop.origins.length > 0,
    takesCertificates: http.tls.clientCertificates || mtls.header !== undefined,
  });
  const services = {
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
    advertise: resource.advertise,
  };
  return {
    services,
    mounts: [['anybody', '', resource.routes]],
    ready: [advisoryCheck('auth-api', authApi.probe)],
    probes: [authApi.probe],
    close: () => authApi.http.close(),
  } satisfies Domain;
}

/** Reads the row of the request. A region that takes no writes says so to everybody. */
function decideIn(region: Core['region']) {
  return (request: FastifyRequest): Verdict => {
    try {
      return decide(request.caller, request);
    } catch (error) {
      if (!['GET', 'HEAD'].includes(request.method)) requireWritable(region);
      throw error;
    }
  };
}

/** Returns the caller. @throws AppError 403 */
function allowed(caller: Caller, request: FastifyRequest): Caller {
  decide(caller, request);
  return caller;
}
