/** Routes below `/contact-centers/{id}/scim/v2` (RFC 7644): users, groups, bulk, and what this service can do. */

import type { App } from '@gatehouse/service-kit/http/app-type';
import { etagOf, isFresh } from '@gatehouse/service-kit/http/entity-tag';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { WriteContext } from '../changes/writer.ts';
import type { Home } from '../people/person.ts';
import type { createBulk } from './bulk.ts';
import { allOf, oneOf, resourceTypes, schemaDocuments, serviceProviderConfig } from './discovery.ts';
import {
  bulkBody,
  bulkDocument,
  descriptionDocument,
  groupBody,
  groupDocument,
  listOf,
  patchBody,
  scimFailures,
  userBody,
  userDocument,
} from './documents.ts';
import { scimMediaType } from './errors.ts';
import type { Groups } from './groups.ts';
import { listAnswer, listQuery, projectionQuery } from './listing.ts';
import { scimTagOf } from './user.ts';
import type { Users } from './users.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose people the routes of SCIM are about. Set before the body is read. */
    home: Home;
  }
}

const tags = ['SCIM'];
const params = z.object({ id: z.string() });
const nothing = z.null().describe('Done.');

interface Endpoint {
  path: '/Users' | '/Groups';
  param: 'userId' | 'groupId';
  one: 'user' | 'group';
  service: Users | Groups;
  body: typeof userBody | typeof groupBody;
  document: z.ZodType;
}

export function scimRoutes(
  scim: App,
  {
    users,
    groups,
    bulk,
    publicUrl = '',
  }: { users: Users; groups: Groups; bulk: ReturnType<typeof createBulk>; publicUrl?: string | undefined },
): void {
  const baseOf = ({ home }: FastifyRequest) =>
    `${publicUrl}/environment/v3/contact-centers/${home.contactCenterId}/scim/v2`;

  resourceRoutes(scim, baseOf, {
    ...{ path: '/Users', param: 'userId', one: 'user' },
    ...{ service: users, body: userBody, document: userDocument },
  });
  resourceRoutes(scim, baseOf, {
    ...{ path: '/Groups', param: 'groupId', one: 'group' },
    ...{ service: groups, body: groupBody, document: groupDocument },
  });

  scim.post(
    '/Bulk',
    {
      schema: {
        ...{ tags, operationId: 'scimBulk', params, body: bulkBody },
        summary: 'Many operations at once; each fails or succeeds alone',
        response: { 200: bulkDocument, ...scimFailures },
      },
    },
    async (request, reply) => {
      const results = await bulk.run(contextOf(request), request.home, baseOf(request), request.body);
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'];
      return send(reply, 200, { schemas, Operations: results });
    },
  );

  const describe = (
    path: string,
    name: string,
    summary: string,
    document: (base: string, id: string) => object,
  ) =>
    scim.get(
      path,
      {
        schema: {
          ...{ tags, operationId: name, summary },
          params: path.includes(':') ? params.extend({ name: z.string() }) : params,
          response: { 200: descriptionDocument, ...scimFailures },
        },
      },
      async (request, reply) =>
        send(reply, 200, document(baseOf(request), (request.params as { name?: string }).name ?? '')),
    );
  describe('/ServiceProviderConfig', 'scimConfig', 'What this service can do', serviceProviderConfig);
  describe('/ResourceTypes', 'scimResourceTypes', 'Kinds of resources', (base) => allOf(resourceTypes(base)));
  describe('/ResourceTypes/:name', 'scimResourceType', 'One kind of resource', (base, id) =>
    oneOf(resourceTypes(base), id),
  );
  describe('/Schemas', 'scimSchemas', 'Attributes of resources', (base) => allOf(schemaDocuments(base)));
  describe('/Schemas/:name', 'scimSchema', 'Attributes of one schema', (base, id) =>
    oneOf(schemaDocuments(base), id),
  );
}

function resourceRoutes(
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
        ...{ tags, operationId: `scimList${Name}s`, params, querystring: listQuery },
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
        ...{ tags, operationId: `scimCreate${Name}`, params, body, querystring: projectionQuery },
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
        ...{ tags, operationId: `scimRead${Name}`, params: ownParams, querystring: projectionQuery },
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
        ...{ tags, operationId: `scimReplace${Name}`, params: ownParams, body, querystring: projectionQuery },
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
        ...{
          tags,
          operationId: `scimPatch${Name}`,
          params: ownParams,
          body: patchBody,
          querystring: projectionQuery,
        },
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
        ...{ tags, operationId: `scimDelete${Name}`, params: ownParams },
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
function contextOf(request: FastifyRequest): WriteContext {
  const ifMatch = request.headers['if-match'];
  return {
    caller: request.caller,
    requestId: request.id,
    clientAddress: request.ip,
    operationId: undefined,
    ifMatch,
  };
}

/** Resources have attributes of any name, so no schema serializes them; `userOf` and `groupOf` list what they have. */
function send(reply: FastifyReply, status: number, body: object): never {
  return reply
    .code(status)
    .type(scimMediaType)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body)) as never;
}
