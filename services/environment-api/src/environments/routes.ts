/** `/environments` and `/environments/{id}`. */

import { type Warning, warningSchema } from '@gatehouse/contracts/administration-calls';
import { emptyEnvelope, envelopeOf, successStatus } from '@gatehouse/contracts/envelope';
import { environmentSchema } from '@gatehouse/contracts/environment-api/administration/environments';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { etagOf } from '@gatehouse/service-kit/http/entity-tag';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { ordinalKey, readPage } from '@gatehouse/service-kit/http/page';
import { z } from 'zod';
import { contextOf } from '../changes/writer.ts';
import { failures } from '../failures.ts';
import type { Reachability } from '../reachability/probe.ts';
import { listEtagOf } from '../versions/etag.ts';
import { sendUnchanged } from '../versions/reply.ts';
import { answerOf } from './environment.ts';
import {
  changeEnvironmentBody,
  createEnvironmentBody,
  environmentList,
  environmentListQuery,
} from './schemas.ts';
import type { EnvironmentService } from './service.ts';

const tags = ['environments'];
const params = z.object({ id: z.string() });
const written = envelopeOf(environmentSchema).extend({ warnings: z.array(warningSchema).optional() });

export function environmentRoutes(
  app: App,
  deps: { environments: EnvironmentService; changeLog: ChangeLog; reachability: Reachability },
): void {
  const { environments, changeLog, reachability } = deps;

  app.get(
    '/environments',
    {
      schema: {
        tags,
        operationId: 'listEnvironments',
        summary: 'Environments in the order of their creation',
        querystring: environmentListQuery,
        response: { 200: z.object({ status: successStatus, ...environmentList }), ...failures },
      },
    },
    async (request, reply) => {
      const page = readPage(request.query, ordinalKey);
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      const { rows, nextCursor } = await environments.list(request.caller, request.query.search, page);
      return { ...ok(rows.map(answerOf)), ...(nextCursor ? { nextCursor } : {}) };
    },
  );

  app.post(
    '/environments',
    {
      schema: {
        tags,
        operationId: 'createEnvironment',
        summary: 'Create an environment',
        body: createEnvironmentBody,
        response: { 200: written.extend({ path: z.string() }), ...failures },
      },
    },
    async (request, reply) => {
      const environment = await environments.create(contextOf(request), request.body.data);
      reply.header('etag', etagOf(environment.version));
      const warnings = await reachability.warningsFor(environment.configServers, 'data.configServers');
      return { ...ok(answerOf(environment)), path: `/environments/${environment.id}`, ...some(warnings) };
    },
  );

  app.get(
    '/environments/:id',
    {
      schema: {
        tags,
        operationId: 'readEnvironment',
        summary: 'One environment, without its password',
        params,
        response: { 200: envelopeOf(environmentSchema), ...failures },
      },
    },
    async (request, reply) => {
      const environment = await environments.read(request.caller, request.params.id);
      if (sendUnchanged(request, reply, etagOf(environment.version))) return reply as never;
      return ok(answerOf(environment));
    },
  );

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: '/environments/:id',
      schema: {
        tags,
        operationId: method === 'PUT' ? 'putEnvironment' : 'patchEnvironment',
        summary: 'Change the fields that are given; the others keep their values',
        params,
        body: changeEnvironmentBody,
        response: { 200: written, ...failures },
      },
      handler: async (request, reply) => {
        const environment = await environments.change(
          contextOf(request),
          request.params.id,
          request.body.data,
        );
        reply.header('etag', etagOf(environment.version));
        // Only who sends servers is told about them.
        const servers = request.body.data.configServers === undefined ? [] : environment.configServers;
        const warnings = await reachability.warningsFor(servers, 'data.configServers');
        return { ...ok(answerOf(environment)), ...some(warnings) };
      },
    });
  }

  app.delete(
    '/environments/:id',
    {
      schema: {
        tags,
        operationId: 'deleteEnvironment',
        summary: 'Delete an environment that no contact centre uses',
        params,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      await environments.remove(contextOf(request), request.params.id);
      return ok();
    },
  );
}

function some(warnings: Warning[]): { warnings?: Warning[] } {
  return warnings.length === 0 ? {} : { warnings };
}
