/** Routes below `/environments`. */

import { emptyEnvelope, envelopeOf, successStatus, warningSchema } from '@gatehouse/contracts/answers';
import { environmentSchema } from '@gatehouse/contracts/environment-administration';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { type App, etagOf, namedOrdinalKey, ok, ordinalKey, readPage } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, listEtagOf, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { answerOf, type Environment } from './environment.ts';
import type { LoginWarnings } from './login-warnings.ts';
import { placesOf, type Reachability } from './reachability.ts';
import {
  changeEnvironmentBody,
  createEnvironmentBody,
  type EnvironmentPatch,
  environmentList,
  environmentListQuery,
} from './schemas.ts';
import type { EnvironmentService } from './service.ts';

const tags = ['environments'];
/** For callers who see nothing of the installation. */
const noRows = { rows: [], nextCursor: undefined };
const params = z.object({ id: z.string() });
const written = envelopeOf(environmentSchema).extend({ warnings: z.array(warningSchema).optional() });

interface Services {
  environments: EnvironmentService;
  changeLog: ChangeLog;
  reachability: Reachability;
  loginWarnings: LoginWarnings;
}

export function environmentRoutes(api: App, services: Services): void {
  const warningsFor = warningsWith(services);
  listRoute(api, services);
  createRoute(api, services, warningsFor);
  readRoute(api, services);
  changeRoutes(api, services, warningsFor);
  deleteRoute(api, services);
}

type WarningsFor = ReturnType<typeof warningsWith>;

function warningsWith({ reachability, loginWarnings }: Services) {
  return async (environment: Environment, written: EnvironmentPatch) => {
    // Only a request with servers is answered with warnings about them.
    const servers = written.configServers === undefined ? [] : environment.configServers;
    const ldapServers = written.ldap?.servers === undefined ? [] : (environment.ldap?.servers ?? []);
    const places = [
      ...servers.flatMap((server, index) => placesOf(server, `data.configServers.${index}`)),
      ...ldapServers.map(({ address, port }, index) => ({
        address,
        port,
        field: `data.ldap.servers.${index}.address`,
      })),
    ];
    const [unreachable = [], logins] = await Promise.all([
      reachability.warningsFor(places),
      loginWarnings.warningsFor(environment, written),
    ]);
    const found = [...unreachable, ...logins];
    return found.length === 0 ? undefined : found;
  };
}

function listRoute(api: App, { environments, changeLog }: Services): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listEnvironments',
        summary: 'Environments in the order of their creation, or by name',
        querystring: environmentListQuery,
        response: { 200: z.object({ status: successStatus, ...environmentList }), ...failures },
      },
    },
    async (request, reply) => {
      const { search, ids, sort, count } = request.query;
      const page = readPage(request.query, sort === undefined ? ordinalKey : namedOrdinalKey);
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      const { rows, ...rest } =
        request.verdict === 'empty' ? noRows : await environments.list({ search, ids, sort }, page, count);
      return { ...ok(rows.map(answerOf)), ...rest };
    },
  );
}

function createRoute(api: App, { environments }: Services, warningsFor: WarningsFor): void {
  api.post(
    '',
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
      const warnings = await warningsFor(environment, request.body.data);
      return { ...ok(answerOf(environment)), path: `/environments/${environment.id}`, warnings };
    },
  );
}

function readRoute(api: App, { environments }: Services): void {
  api.get(
    '/:id',
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
      const environment = await environments.read(request.params.id);
      if (sendUnchanged(request, reply, etagOf(environment.version))) return reply as never;
      return ok(answerOf(environment));
    },
  );
}

function changeRoutes(api: App, { environments }: Services, warningsFor: WarningsFor): void {
  for (const method of ['PUT', 'PATCH'] as const) {
    api.route({
      method,
      url: '/:id',
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
        return {
          ...ok(answerOf(environment)),
          warnings: await warningsFor(environment, request.body.data),
        };
      },
    });
  }
}

function deleteRoute(api: App, { environments }: Services): void {
  api.delete(
    '/:id',
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
