/** Applies the row of a route: its properties before the body is read and before a change is kept, its verdict before anything is done. */
import { admits, isDangerous, type Verdict } from '@gatehouse/caller-auth/authorisation';
import { requireStepUp } from '@gatehouse/caller-auth/credentials';
import { managementAuthority } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type AppError, forbidden, notFound } from '@gatehouse/service-kit/errors';
import type { FastifyRequest } from 'fastify';
import { parseId } from '../fields/scalars.ts';
import type { AdministratorPlaces } from './administrator-places.ts';
import {
  type Caller,
  kindsOf,
  mayRead,
  reachedId,
  unknownApiKey,
  unknownContactCenter,
  unknownEnvironment,
} from './caller.ts';
import { authorisation, base, type Operation } from './matrix.ts';

/** Returns the caller. @throws AppError 401, 403, 503. `decide` says whether the caller may make the request at all. */
export function createRowGuard({ places, now }: { places: AdministratorPlaces; now: Clock }) {
  return async (caller: Caller, request: FastifyRequest): Promise<Caller> => {
    const rule = ruleOf(request);
    if (rule === undefined) return caller;
    // The link of an operator lives for 15 minutes; programs do not sign in.
    if (caller.stepUp !== undefined)
      requireStepUp(caller.stepUp, {
        isDangerous: isDangerous(rule, request.query as object),
        nowMs: now(),
      });
    const id = parseId(String((request.params as { id?: unknown }).id));
    // Of a contact centre that the caller may not read, nothing is said.
    if (rule.speaksForPeople && id !== undefined && mayRead(caller, id))
      await places.requireOthers(caller, id);
    return caller;
  };
}

/** The verdict of the row about the caller: an answer, an empty list, or the caller's own rows. @throws AppError 403, 404 */
export function decide(caller: Caller, request: FastifyRequest): Verdict {
  const rule = ruleOf(request);
  if (rule === undefined) throw forbidden('Nobody may call this: the matrix has no row for it');
  const center = contactCenterOf(request);
  const isOther = center !== undefined && reachedId(caller, center) === undefined;
  const verdict = authorisation.verdictOf(rule, kindsOf(caller), isOther);
  if (admits(verdict)) return verdict;
  throw verdict === 'hidden' ? hidden(request, center) : notAllowed(caller, rule.refusal);
}

/** Whether the caller might send the other request: what changes one thing may need the right to make another. */
export function mayCall(caller: Caller, operation: Operation): boolean {
  const [method = '', path = ''] = operation.split(' ');
  const rule = authorisation.ruleOf(method, `${base}${path}`);
  return rule !== undefined && admits(authorisation.verdictOf(rule, kindsOf(caller)));
}

/** @throws AppError 403 */
export function requireMayCall(caller: Caller, operation: Operation): void {
  if (!mayCall(caller, operation)) throw notAllowed(caller);
}

function ruleOf({ method, routeOptions }: FastifyRequest) {
  return authorisation.ruleOf(method, routeOptions.url ?? '');
}

/** The contact centre that the request is about, as its route reads it. The owner of an API key is found by its service. */
function contactCenterOf({ method, params, query, body, routeOptions }: FastifyRequest): string | undefined {
  if (routeOptions.url?.startsWith(`${base}/contact-centers/:id`)) return (params as { id: string }).id;
  const sent = (body as { data?: object } | null | undefined)?.data;
  const named = method === 'POST' ? sent : { ...sent, ...(query as object) };
  const id = (named as { contactCenterId?: unknown } | undefined)?.contactCenterId;
  return typeof id === 'string' ? id : undefined;
}

/** As the service answers about what does not exist. */
function hidden({ params, routeOptions }: FastifyRequest, contactCenter: string | undefined): AppError {
  const { url = '' } = routeOptions;
  if (url.startsWith(`${base}/environments/`)) return unknownEnvironment((params as { id: string }).id);
  if (url.startsWith(`${base}/api-keys/`)) return unknownApiKey();
  return contactCenter === undefined
    ? notFound('There is no such contact centre')
    : unknownContactCenter(contactCenter);
}

function notAllowed(caller: Caller, refusal?: string): AppError {
  if (refusal !== undefined) return forbidden(refusal);
  return forbidden(
    caller.writes
      ? 'This caller is bound to a contact centre: it cannot write what all contact centres share'
      : `Writing needs the operator account, a client with the authority ${managementAuthority}, or an administrator at the operator console`,
  );
}
