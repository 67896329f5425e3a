/** Routes of one kind of resource, users or groups: list, create, read, replace, patch and delete. */
import { type App, etagOf, isFresh, visitorAddressOf } from '@gatehouse/service-kit/http';
import type { createSemaphore } from '@gatehouse/service-kit/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { WriteContext } from '../changes/writer.ts';
import type { Home } from '../people/person.ts';
import { type groupBody, listOf, patchBody, scimFailures, type userBody } from './bodies.ts';
import type { Groups } from './groups.ts';
import { listAnswer, listQuery, projectionQuery } from './listing.ts';
import { scimTagOf, send } from './reply.ts';
import type { Users } from './users.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The contact centre whose people the routes of SCIM are about. Set before the body is read. */
    home: Home;
  }
}

export const tags = ['SCIM'];
export const params = z.object({ id: z.string() });
const nothing = z.null().describe('Done.');

interface Endpoint {
  path: '/Users' | '/Groups';
  param: 'userId' | 'groupId';
  one: 'user' | 'group';
  service: Users | Groups;
  body: typeof userBody | typeof groupBody;
  document: z.ZodType;
}

export type BaseOf = (request: FastifyRequest) => string;

/** Of users and groups together. */
interface Shared {
  baseOf: BaseOf;
  lists: ReturnType<typeof createSemaphore>;
}

export function resourceRoutes(scim: App, { baseOf, lists }: Shared, endpoint: Endpoint): void {
  const { path, param, one, document } = endpoint;
  const resource = {
    ...endpoint,
    baseOf,
    lists,
    Name: one === 'user' ? 'User' : 'Group',
    url: `${path}/:${param}`,
    ownParams: params.extend({ [param]: z.string() }),
    idOf: (request: FastifyRequest) => (request.params as Record<string, string>)[param] ?? '',
    answers: { 200: document, ...scimFailures },
    show: showing(endpoint, baseOf),
  };
  listRoute(scim, resource);
  createRoute(scim, resource);
  readRoute(scim, resource);
  changeRoutes(scim, resource);
  deleteRoute(scim, resource);
}

interface ResourceRoutes extends Endpoint, Shared {
  /** In the names of the operations. */
  Name: string;
  url: string;
  ownParams: z.ZodObject;
  idOf: (request: FastifyRequest) => string;
  answers: Record<number, z.ZodType>;
  show: ReturnType<typeof showing>;
}

/** Answers with the resource as it is now. */
function showing({ service, path }: Endpoint, baseOf: BaseOf) {
  return async (request: FastifyRequest, reply: FastifyReply, id: string, status: number) => {
    const base = baseOf(request);
    const { version, resource } = await service.read(
      request.home,
      id,
      base,
      projectionQuery.parse(request.query),
    );
    reply.header('etag', scimTagOf(version));
    if (status === 201) reply.header('location', `${base}${path}/${id}`);
    const isRead = status === 200 && request.method === 'GET';
    if (isRead && isFresh(request.headers['if-none-match'], etagOf(version)))
      return reply.code(304).send() as never;
    return send(reply, status, resource);
  };
}

function listRoute(scim: App, { Name, path, service, document, baseOf, lists }: ResourceRoutes): void {
  scim.get(
    path,
    {
      schema: {
        tags,
        operationId: `scimList${Name}s`,
        params,
        querystring: listQuery,
        summary: `${Name}s, by a filter and page by page`,
        response: { 200: listOf(document), ...scimFailures },
      },
    },
    async (request, reply) => {
      const list = () => service.list(request.home, request.query, baseOf(request));
      return send(reply, 200, listAnswer(await lists.run(list)));
    },
  );
}

function createRoute(scim: App, { Name, one, path, service, body, document, show }: ResourceRoutes): void {
  scim.post(
    path,
    {
      schema: {
        tags,
        operationId: `scimCreate${Name}`,
        params,
        body,
        querystring: projectionQuery,
        summary: `Create a ${one}`,
        response: { 201: document, ...scimFailures },
      },
    },
    async (request, reply) => {
      const { id } = await service.create(contextOf(request), request.home, request.body);
      return show(request, reply, id, 201);
    },
  );
}

function readRoute(scim: App, { Name, one, url, ownParams, answers, idOf, show }: ResourceRoutes): void {
  scim.get(
    url,
    {
      schema: {
        tags,
        operationId: `scimRead${Name}`,
        params: ownParams,
        querystring: projectionQuery,
        summary: `One ${one}`,
        response: answers,
      },
    },
    async (request, reply) => show(request, reply, idOf(request), 200),
  );
}

function changeRoutes(scim: App, resource: ResourceRoutes): void {
  const { Name, one, url, ownParams, answers, service, body, idOf, show } = resource;
  scim.put(
    url,
    {
      schema: {
        tags,
        operationId: `scimReplace${Name}`,
        params: ownParams,
        body,
        querystring: projectionQuery,
        summary: `Replace a ${one}: what is not given is gone`,
        response: answers,
      },
    },
    async (request, reply) => {
      await service.replace(contextOf(request), request.home, idOf(request), request.body);
      return show(request, reply, idOf(request), 200);
    },
  );

  scim.patch(
    url,
    {
      schema: {
        tags,
        operationId: `scimPatch${Name}`,
        params: ownParams,
        body: patchBody,
        querystring: projectionQuery,
        summary: `Change attributes of a ${one}`,
        response: one === 'user' ? answers : { 204: nothing, ...scimFailures },
      },
    },
    async (request, reply) => {
      await service.patch(contextOf(request), request.home, idOf(request), request.body);
      // A group may have very many members, and whoever adds one does not want to read them all.
      return one === 'user'
        ? show(request, reply, idOf(request), 200)
        : (reply.code(204).send(undefined as never) as never);
    },
  );
}

function deleteRoute(scim: App, { Name, one, url, ownParams, service, idOf }: ResourceRoutes): void {
  scim.delete(
    url,
    {
      schema: {
        tags,
        operationId: `scimDelete${Name}`,
        params: ownParams,
        summary:
          one === 'user'
            ? 'Erase a user; the number is never used again'
            : 'Delete a group; its members stay',
        response: { 204: nothing, ...scimFailures },
      },
    },
    async (request, reply) => {
      await service.remove(contextOf(request), request.home, idOf(request));
      return reply.code(204).send(undefined as never) as never;
    },
  );
}

/** Without an Idempotency-Key: the digest of a request with a password would be kept with its answer. */
export function contextOf(request: FastifyRequest): WriteContext {
  const ifMatch = request.headers['if-match'];
  return {
    caller: request.caller,
    callerNow: request.callerNow,
    requestId: request.id,
    clientAddress: visitorAddressOf(request, request.caller.clientId),
    operationId: undefined,
    ifMatch,
  };
}
