/** Serves the pages about Configuration Servers of an environment: forms that add and change one, and the question before one is removed. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api/environments';
import type {
  ConfigServer,
  Environment,
} from '@gatehouse/contracts/environment-api/administration/environments';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { confirmView, formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { linesOf, numberOf, tagField, typedText } from '../shell/typed.ts';
import { hostAndPort } from './fields.ts';
import { environmentPath } from './frame.ts';
import { addMeanwhilePage, removeServerPage, serverPage, type TypedServer } from './server-pages.ts';

const typed = typedText(512);
const serverFields = z.object({
  primaryAddress: typed,
  primaryPort: typed,
  backupAddress: typed,
  backupPort: typed,
  readOnly: typed,
  locations: z.string().max(4096).default(''),
  password: z.string().max(1024).default(''),
  ...tagField,
});
const environmentParams = z.object({ id: z.string().max(64) });
const serverParams = environmentParams.extend({ serverId: z.string().max(64) });

export function serverRoutes(pages: App, shell: Shell): void {
  const read = ({ environmentApi }: ConsoleVisit, id: string) =>
    createEnvironmentAdministration(environmentApi).readTagged(id);

  pages.get(
    '/:id/servers/new',
    { schema: { hide: true, params: environmentParams } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { data, etag } = await read(visit, request.params.id);
      return shell.show(visit, formView, serverPage(visit, data, undefined, shownServer(), etag));
    },
  );

  pages.post(
    '/:id/servers/new',
    { schema: { hide: true, params: environmentParams, body: serverFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const calls = createEnvironmentAdministration(ifMatch(visit.environmentApi, request.body.ifMatch));
      const { done, problem } = await attempt(visit, () => calls.addServer(id, bodyOf(request.body)));
      if (problem === undefined)
        return shell.done(visit, environmentPath(id), 'console.environments.server.added', {
          server: hostAndPort(done.data.primaryAddress, done.data.primaryPort),
          warning: done.warnings[0]?.message ?? '',
        });
      const { data, etag } = await read(visit, id);
      const form = serverPage(visit, data, undefined, request.body, etag);
      if (problem.status !== 412) return shell.refused(visit, form, problem);
      reply.code(412);
      return shell.show(visit, confirmView, addMeanwhilePage(visit, data, form));
    },
  );

  pages.get(
    '/:id/servers/:serverId',
    { schema: { hide: true, params: serverParams } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { data, etag } = await read(visit, request.params.id);
      const server = serverOf(data, request.params.serverId);
      return shell.show(visit, formView, serverPage(visit, data, server.id, shownServer(server), etag));
    },
  );

  pages.post(
    '/:id/servers/:serverId',
    { schema: { hide: true, params: serverParams, body: serverFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id, serverId } = request.params;
      const calls = createEnvironmentAdministration(ifMatch(visit.environmentApi, request.body.ifMatch));
      const { done, problem } = await attempt(visit, () =>
        calls.changeServer(id, serverId, bodyOf(request.body)),
      );
      if (problem === undefined)
        return shell.done(visit, environmentPath(id), 'console.environments.server.changed', {
          server: hostAndPort(done.data.primaryAddress, done.data.primaryPort),
          warning: done.warnings[0]?.message ?? '',
        });
      const { data, etag } = await read(visit, id);
      const mine = serverPage(visit, data, serverId, request.body, request.body.ifMatch);
      if (problem.status !== 412) return shell.refused(visit, mine, problem);
      const theirs = serverPage(visit, data, serverId, shownServer(serverOf(data, serverId)), etag);
      return shell.compare(visit, { typed: mine, current: theirs, etag });
    },
  );

  askFirst(pages, shell, {
    url: '/:id/servers/:serverId/remove',
    path: serverParams.shape,
    fields: tagField,
    async page(visit, { id, serverId }) {
      const { data, etag } = await read(visit, id);
      return removeServerPage(visit, data, serverOf(data, serverId), etag);
    },
    act: ({ environmentApi }, { id, serverId, ifMatch: etag }) =>
      createEnvironmentAdministration(ifMatch(environmentApi, etag)).removeServer(id, serverId),
    done: (visit, { id }) => shell.done(visit, environmentPath(id), 'console.environments.server.removed'),
  });
}

function serverOf({ configServers }: Environment, serverId: string): ConfigServer {
  const server = configServers.find(({ id }) => id === serverId);
  if (server === undefined) throw notFound('There is no such server');
  return server;
}

function shownServer(server?: ConfigServer): TypedServer {
  return {
    primaryAddress: server?.primaryAddress ?? '',
    primaryPort: String(server?.primaryPort ?? 8888),
    backupAddress: server?.backupAddress ?? '',
    backupPort: server?.backupPort === undefined ? '' : String(server.backupPort),
    readOnly: String(server?.readOnly ?? false),
    locations: (server?.locations ?? ['/']).join('\n'),
  };
}

function bodyOf(fields: z.output<typeof serverFields>): object {
  const { primaryAddress, backupAddress, readOnly, locations, password } = fields;
  return {
    primaryAddress,
    primaryPort: numberOf(fields.primaryPort),
    backupAddress: backupAddress || null,
    backupPort: fields.backupPort === '' ? null : numberOf(fields.backupPort),
    readOnly: readOnly === 'true',
    locations: linesOf(locations),
    ...(password === '' ? {} : { password }),
  };
}
