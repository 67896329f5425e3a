/** Lets callers in before a body is read, and asks again when the body is there: the sender decides when that is. */
import { markGuarded, type Verdict } from '@gatehouse/caller-auth/authorisation';
import { hasScheme, type Operator, parseBasicCredentials } from '@gatehouse/caller-auth/credentials';
import type { ResourceTokens, SenderRequest } from '@gatehouse/caller-auth/sender-constraint';
import type { IntrospectionActive } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { requireWritable } from '@gatehouse/service-kit/config';
import { AppError, unauthorized } from '@gatehouse/service-kit/errors';
import { type App, nameCorsCaller } from '@gatehouse/service-kit/http';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { FastifyRequest } from 'fastify';
import type { Core } from '../core/open-core.ts';
import type { AdministratorPlaces } from './administrator-places.ts';
import { type Caller, opsCaller, tokenCaller } from './caller.ts';
import { createRowGuard, decide as decideByRow } from './guard.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read, and once more when it is there. */
    caller: Caller;
    /** The verdict of the route's row about the caller. Set before the handler, which nobody reaches without a right. */
    verdict: Verdict;
    /** The caller as a new request would find them. @throws AppError as for a new request */
    callerNow(): Promise<Caller>;
  }
}

export interface Admission {
  /** Authenticates, with proofs that are good once. @throws AppError 401, 403, 404, 429, 503 */
  enter(request: FastifyRequest): Promise<Caller>;
  /** Looks at an authenticated caller again. @throws AppError 401, 403, 503 */
  again(request: FastifyRequest): Promise<Caller>;
  /** By the row of the route, when the request is known to be well-formed. @throws AppError 403, 404 */
  decide(request: FastifyRequest): Verdict;
}

interface AdmissionDependencies {
  operator: Operator;
  tokens: ResourceTokens<IntrospectionActive>;
  administratorPlaces: AdministratorPlaces;
  region: Core['region'];
  now: Clock;
}

/** Two doors: `admission` for everybody, `serviceAdmission` for other services. */
export function createAdmissions(dependencies: AdmissionDependencies) {
  const { operator, tokens, administratorPlaces: places, region, now } = dependencies;
  const guardRow = createRowGuard({ places, now });
  const guesses = createAddressLimiter({ attempts: 200, windowMs: 60_000, now });

  /** @throws AppError 401 without valid credentials, 429 after too many wrong ones, 503 when they cannot be checked */
  async function authenticate(sender: SenderRequest, clientAddress: string): Promise<Caller> {
    const { authorization } = sender.headers;
    if (!hasScheme(authorization, 'basic')) return tokenCaller(await tokens.require(sender));
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
    return tokenCaller(await tokens.again(sender));
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

  /** A region that takes no writes says so to everybody. */
  function decide(request: FastifyRequest): Verdict {
    try {
      return decideByRow(request.caller, request);
    } catch (error) {
      if (!['GET', 'HEAD'].includes(request.method)) requireWritable(region);
      throw error;
    }
  }

  return {
    admission: {
      enter: async (request) => guardRow(await authenticate(request, request.ip), request),
      again: async (request) => guardRow(await authenticateAgain(request, request.caller), request),
      decide,
    } satisfies Admission,
    serviceAdmission: {
      enter: authenticateService,
      again: async (request) => allowed(await authenticateAgain(request, request.caller), request),
      decide,
    } satisfies Admission,
  };
}

/** Returns the caller. @throws AppError 403 */
function allowed(caller: Caller, request: FastifyRequest): Caller {
  decideByRow(caller, request);
  return caller;
}

/** Guards every route of the scope: no body is read and nothing is looked up before the caller is authenticated. */
export function admitCallers(scope: App, { enter, again, decide }: Admission): void {
  markGuarded(scope);
  scope.decorateRequest('caller');
  scope.decorateRequest('verdict');
  scope.decorateRequest('callerNow');
  scope.addHook('onRequest', async (request) => {
    request.caller = await enter(request);
    request.callerNow = () => again(request);
  });
  scope.addHook('preHandler', async (request) => {
    // Its one handler answers 405: a preflight was answered before.
    if (request.method === 'OPTIONS') return;
    // The right, the sign-in and the token may be gone since the headers came.
    if (request.method !== 'GET' && request.method !== 'HEAD') request.caller = await request.callerNow();
    request.verdict = decide(request);
  });
}
