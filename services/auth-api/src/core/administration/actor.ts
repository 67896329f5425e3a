/** Remembers which administrator sent a request, for the audit trail and for what they may reach. */
import type { FastifyRequest } from 'fastify';

/** Describes who made a change. */
export interface Actor {
  /** The operator account, a client id, or the `sub` of a person. */
  name: string;
  /** The client whose token a person came with. */
  clientId?: string | undefined;
  /** Of the operator at the console: correlation id of the request that made the link. */
  linkRequest?: string | undefined;
  /** The contact centre that the person administers, and nothing beyond it; undefined: all. */
  within?: string | undefined;
  /** With `within`: a right below that of its administrators, which reaches nobody who has a right at the console. */
  isLesser?: boolean | undefined;
  correlationId: string;
  clientAddress: string;
}

const actors = new WeakMap<FastifyRequest, Actor>();

/** Says who sent a request. Only the guard of administration may. */
export function nameActor(request: FastifyRequest, actor: Actor): void {
  actors.set(request, actor);
}

/** The administrator of a guarded request. */
export function actorOf(request: FastifyRequest): Actor {
  const actor = actors.get(request);
  if (actor === undefined) throw new Error('the request was not authenticated');
  return actor;
}
