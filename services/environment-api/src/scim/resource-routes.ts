/** Routes of one kind of resource, users or groups: list, search, create, read, replace, patch and delete. */
import { type App, etagOf, isFresh, visitorAddressOf } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { WriteContext } from '../changes/writer.ts';
import { type groupBody, patchBody, scimFailures, type userBody } from './bodies.ts';
import type { Groups } from './groups.ts';
import { listRoute, params, type Shared, searchRoute, tags } from './list-routes.ts';
import { projectionQuery } from './listing.ts';
import { scimTagOf, send } from './reply.ts';
import type { Users } from './users.ts';

const nothing = z.null().describe('Done.');

interface Endpoint {
  path: '/Users' | '/Groups';
  param: 'userId' | 'groupId';
  one: 'user' | 'group';
  service: Users | Groups;
  body: typeof userBody | typeof groupBody;
  document: z.ZodType;
}

export function resourceRoutes(scim: App, shared: Shared, endpoint: Endpoint): void {
  const { path, param, one, document, service } = endpoint;
  const Name = one === 'user' ? 'User' : 'Group';
  const resource = {
    ...endpoint,
    Name,
    url: `${path}/:${param}`,
    ownParams: params.extend({ [param]: z.string() }),
    idOf: (request: FastifyRequest) => (request.params as Record<string, string>)[param] ?? '',
    answers: { 200: document, ...scimFailures },
    show: showing(endpoint, shared.baseOf),
  };
  const list = { path, document, name: `${Name}s`, list: service.list };
  listRoute(scim, shared, { ...list, summary: `${Name}s, by a filter and page by page` });
  searchRoute(scim, shared, { ...list, summary: `${Name}s, by a filter in the body: no address has it` });
  createRoute(scim, resource);
  readRoute(scim, resource);
  changeRoutes(scim, resource);
  deleteRoute(scim, resource);
}

interface ResourceRoutes extends Endpoint {
  /** In the names of the operations. */
  Name: string;
  url: string;
  ownParams: z.ZodObject;
  idOf: (request: FastifyRequest) => string;
  answers: Record<number, z.ZodType>;
  show: ReturnType<typeof showing>;
}

/** Answers with the resource as it is now. */
function showing({ service, path }: Endpoint, baseOf: Shared['baseOf']) {
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
