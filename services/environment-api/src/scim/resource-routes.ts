/** Routes of one kind of resource, users or groups: list, create, read, replace, patch and delete. */
import { type App, etagOf, isFresh, visitorAddressOf } from '@gatehouse/service-kit/http';
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
    /** Whose people the routes of SCIM are about. Set before the body is read. */
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

export function resourceRoutes(
  scim: App,
  baseOf: (request: FastifyRequest) => string,
  { path, param, one, service, body, document }: Endpoint,
): void {
  const Name = one === 'user' ? 'User' : 'Group';
  const idOf = (request: FastifyRequest) => (request.params as Record<string, string>)[param] ?? '';
  const ownParams = params.extend({ [param]: z.string() });
  const answers = { 200: document, ...scimFailures };
  const url = `${path}/:${param}`;

  const show = async (request: FastifyRequest, reply: FastifyReply, id: string, status: number) => {
    const base = baseOf(request);
    const { version, resource } = await service.read(
      request.home,
      id,
      base,
      projectionQuery.parse(request.query),
    );
    reply.header('etag', scimTagOf(version));
    if (status === 201) reply.header('location', `${base}${path}/${id}`);
    if (
      status === 200 &&
      request.method === 'GET' &&
      isFresh(request.headers['if-none-match'], etagOf(version))
    )
      return reply.code(304).send() as never;
    return send(reply, status, resource);
  };

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
    async (request, reply) =>
      send(reply, 200, listAnswer(await service.list(request.home, request.query, baseOf(request)))),
  );

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
