/** Routes below `/contact-centers/{id}/scim/v2` (RFC 7644): users and groups, bulk, and what this service can do. */
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  bulkBody,
  bulkDocument,
  descriptionDocument,
  groupBody,
  groupDocument,
  scimFailures,
  userBody,
  userDocument,
} from './bodies.ts';
import type { createBulk } from './bulk.ts';
import { allOf, oneOf, resourceTypes, schemaDocuments, serviceProviderConfig } from './discovery.ts';
import type { Groups } from './groups.ts';
import { send } from './reply.ts';
import { contextOf, params, resourceRoutes, tags } from './resource-routes.ts';
import type { Users } from './users.ts';

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
    path: '/Users',
    param: 'userId',
    one: 'user',
    service: users,
    body: userBody,
    document: userDocument,
  });
  resourceRoutes(scim, baseOf, {
    path: '/Groups',
    param: 'groupId',
    one: 'group',
    service: groups,
    body: groupBody,
    document: groupDocument,
  });

  scim.post(
    '/Bulk',
    {
      schema: {
        tags,
        operationId: 'scimBulk',
        params,
        body: bulkBody,
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
          tags,
          operationId: name,
          summary,
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
