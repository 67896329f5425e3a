/** Applies the properties of a row of the matrix to a caller: before the body is read, when it is there, and before a change is kept. */
import { requireFreshSignIn } from '@gatehouse/caller-auth/credentials/fresh-sign-in';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { FastifyRequest } from 'fastify';
import { parseId } from '../fields/scalars.ts';
import type { AdministratorPlaces } from './administrator-places.ts';
import { type Caller, mayRead } from './caller.ts';
import { ruleOf } from './matrix.ts';

/** Returns the caller. @throws AppError 403, 503. Whether the caller may make the request at all is decided where it is made. */
export function createRowGuard({ places, now }: { places: AdministratorPlaces; now: Clock }) {
  return async (caller: Caller, request: FastifyRequest): Promise<Caller> => {
    const { method, params, routeOptions } = request;
    const { isDangerous, speaksForPeople } = ruleOf(method, routeOptions.url ?? '') ?? {};
    // The link of an operator lives for 15 minutes; programs do not sign in.
    const isPersonAtConsole = caller.kind === 'user' && caller.clientId !== undefined;
    if (isDangerous && isPersonAtConsole) requireFreshSignIn(caller.signedInAtMs, now());
    const id = parseId(String((params as { id?: unknown }).id));
    // Of a contact centre that the caller may not read, nothing is said.
    if (speaksForPeople && id !== undefined && mayRead(caller, id)) await places.requireOthers(caller, id);
    return caller;
  };
}
