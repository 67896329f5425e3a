/** In front of the administration routes: nobody unknown gets further than the headers. */
import type { App } from '@gatehouse/service-kit/http/app';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../audit/event.ts';
import type { OpsAuthentication } from './ops-authentication.ts';

const actors = new WeakMap<FastifyRequest, Actor>();

/** Guards every route of the scope, also those of its child scopes. */
export function guardAdministration(scope: App, opsAuthentication: OpsAuthentication): void {
  // Before the body is read: a stranger's JSON is not even parsed.
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const name = await opsAuthentication.authenticate({
      sender: request,
      clientAddress: request.ip,
      correlationId: request.id,
    });
    actors.set(request, { name, correlationId: request.id, clientAddress: request.ip });
  });
}

/** The operator of a guarded request, for the audit trail. */
export function actorOf(request: FastifyRequest): Actor {
  const actor = actors.get(request);
  if (actor === undefined) throw new Error('the request was not authenticated');
  return actor;
}
