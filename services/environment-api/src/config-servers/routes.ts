/** Routes below `/environments/{id}/config-servers`: the servers of an environment, one by one. */

import { emptyEnvelope, envelopeOf, warningSchema } from '@gatehouse/contracts/answers';
import { configServerSchema } from '@gatehouse/contracts/environment-administration';
import type { ConfigServerView } from '@gatehouse/contracts/environment-api';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { changeConfigServerBody, configServerBody } from '../environments/config-server.ts';
import { placesOf, type Reachability } from '../environments/reachability.ts';
import type { ConfigServerService } from './service.ts';

const tags = ['config servers'];
const params = z.object({ id: z.string() });
const written = envelopeOf(configServerSchema).extend({ warnings: z.array(warningSchema).optional() });
const serverParams = z.object({ id: z.string(), serverId: z.string() });

/** The entity tag is that of the environment, whose version covers its servers. */
export function configServerRoutes(
  api: App,
  { configServers, reachability }: { configServers: ConfigServerService; reachability: Reachability },
): void {
  const warningsFor = (server: ConfigServerView) => reachability.warningsFor(placesOf(server, 'data'));

  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listConfigServers',
        summary: 'Configuration Servers in the order in which they are tried',
        params,
        response: { 200: envelopeOf(z.array(configServerSchema)), ...failures },
      },
    },
    async (request, reply) => {
      const environment = await configServers.list(request.params.id);
      if (sendUnchanged(request, reply, etagOf(environment.version))) return reply as never;
      return ok(environment.configServers);
    },
  );

  api.post(
    '',
    {
      schema: {
        tags,
        operationId: 'addConfigServer',
        summary: 'Add a Configuration Server at the end of the list',
        params,
        body: configServerBody,
        response: { 200: written.extend({ path: z.string() }), ...failures },
      },
    },
    async (request, reply) => {
      const added = await configServers.add(contextOf(request), request.params.id, request.body.data);
      reply.header('etag', etagOf(added.environment.version));
      return {
        ...ok(added.server),
        path: `/environments/${added.environment.id}/config-servers/${added.server.id}`,
        warnings: await warningsFor(added.server),
      };
    },
  );

  api.put(
    '/:serverId',
    {
      schema: {
        tags,
        operationId: 'changeConfigServer',
        summary: 'Change the fields that are given; the others keep their values',
        params: serverParams,
        body: changeConfigServerBody,
        response: { 200: written, ...failures },
      },
    },
    async (request, reply) => {
      const { id, serverId } = request.params;
      const changed = await configServers.change(contextOf(request), id, serverId, request.body.data);
      reply.header('etag', etagOf(changed.environment.version));
      return { ...ok(changed.server), warnings: await warningsFor(changed.server) };
    },
  );

  api.delete(
    '/:serverId',
    {
      schema: {
        tags,
        operationId: 'removeConfigServer',
        summary: 'Take a Configuration Server out of the list; the last one stays',
        params: serverParams,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const { id, serverId } = request.params;
      const environment = await configServers.remove(contextOf(request), id, serverId);
      reply.header('etag', etagOf(environment.version));
      return ok();
    },
  );
}
