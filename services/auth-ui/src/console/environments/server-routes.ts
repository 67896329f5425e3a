/** Serves the pages about Configuration Servers of an environment: forms that add and change one, and the confirmation before one is removed. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api';
import type { ConfigServer, Environment } from '@gatehouse/contracts/environment-administration';
import { notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { bodyOf } from '../form/inputs.ts';
import { formRoutes } from '../form/routes.ts';
import { besideLines } from '../form/sections.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { environmentPath, failuresOf } from './page-header.ts';
import { hostAndPort } from './server-lines.ts';
import { addMeanwhilePage, removeServerPage, serverInputs, serverPage } from './server-pages.ts';

const environmentParams = z.object({ id: z.string().max(64) });
const serverParams = environmentParams.extend({ serverId: z.string().max(64) });

/** Documents have the servers as one list. */
const managed = {
  managed: ({ id }: { id: string }) => ({ kind: 'Environment' as const, id }),
  nameOf: () => 'configServers',
};

export function serverRoutes(pages: App, shell: Shell): void {
  const read = ({ environmentApi }: ConsoleVisit, id: string) =>
    createEnvironmentAdministration(environmentApi).readTagged(id);

  const callsOf = ({ environmentApi }: ConsoleVisit, etag: string) =>
    createEnvironmentAdministration(ifMatch(environmentApi, etag));

  const beside = (visit: ConsoleVisit, problem: Problem) => besideLines(visit, serverInputs, problem);

  formRoutes(pages, shell, {
    url: '/:id/servers/new',
    path: environmentParams.shape,
    read: (visit, { id }) => read(visit, id),
    page: (visit, { data }, typed) => serverPage(visit, data, undefined, typed),
    act: (visit, { id }, { typed, etag }) =>
      callsOf(visit, etag).addServer(id, bodyOf(visit, serverInputs, typed)),
    done: (visit, { id }, answer) => saved(visit, id, 'console.environments.server.added', answer),
    meanwhile: (visit, { data }, page) => addMeanwhilePage(visit, data, page),
    beside,
    ...managed,
  });

  formRoutes(pages, shell, {
    url: '/:id/servers/:serverId',
    path: serverParams.shape,
    async read(visit, { id, serverId }) {
      const { data, etag } = await read(visit, id);
      return { data, etag, server: serverOf(data, serverId) };
    },
    page: (visit, { data, server }, typed) => serverPage(visit, data, server, typed),
    act: (visit, { id, serverId }, { typed, etag }) =>
      callsOf(visit, etag).changeServer(id, serverId, bodyOf(visit, serverInputs, typed)),
    done: (visit, { id }, answer) => saved(visit, id, 'console.environments.server.changed', answer),
    beside,
    ...managed,
  });

  confirmFirst(pages, shell, {
    url: '/:id/servers/:serverId/remove',
    path: serverParams.shape,
    fields: tagField,
    async page(visit, { id, serverId }) {
      const { data, etag } = await read(visit, id);
      return removeServerPage(visit, data, serverOf(data, serverId), etag);
    },
    act: (visit, { id, serverId, ifMatch: etag }) => callsOf(visit, etag).removeServer(id, serverId),
    managed: ({ id }) => ({ thing: { kind: 'Environment', id }, act: 'change' }),
    done: (visit, { id }) => shell.done(visit, environmentPath(id), 'console.environments.server.removed'),
  });

  function saved(
    visit: ConsoleVisit,
    id: string,
    key: 'console.environments.server.added' | 'console.environments.server.changed',
    { data, warnings }: Awaited<ReturnType<ReturnType<typeof callsOf>['addServer']>>,
  ): FastifyReply {
    const server = hostAndPort(data.primaryAddress, data.primaryPort);
    return shell.done(visit, environmentPath(id), key, { server }, failuresOf(visit, warnings));
  }
}

function serverOf({ configServers }: Environment, serverId: string): ConfigServer {
  const server = configServers.find(({ id }) => id === serverId);
  if (server === undefined) throw notFound('There is no such server');
  return server;
}
