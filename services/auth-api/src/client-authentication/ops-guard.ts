/** In front of the administration routes: nobody unknown gets further than the headers. */
import type { App } from '@gatehouse/service-kit/http/app';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../audit/event.ts';
import type { OpsAuthentication } from './ops-authentication.ts';

/** Guards every route of the scope; the answer tells whose request it is. */
export function guardAdministration(
  scope: App,
  opsAuthentication: OpsAuthentication,
): (request: FastifyRequest) => Actor {
  const actors = new WeakMap<FastifyRequest, Actor>();

  // Before the body is read: strangers do not even get their JSON parsed.
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const name = await opsAuthentication.authenticate({
      sender: request,
      clientAddress: request.ip,
      correlationId: request.id,
    });
    actors.set(request, { name, correlationId: request.id, clientAddress: request.ip });
  });

  return (request) => {
    const actor = actors.get(request);
    if (actor === undefined) throw new Error('the request was not authenticated');
    return actor;
  };
}
