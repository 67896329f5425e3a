/** Lets callers in before a body is read, and asks again when the body is there: the sender decides when that is. */
import { markGuarded, type Verdict } from '@gatehouse/caller-auth/authorisation';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';

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
