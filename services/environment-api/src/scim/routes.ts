/** Routes below `/contact-centers/{id}/scim/v2` (RFC 7644), with callers, errors and a media type of their own: users and groups, bulk, and what this service can do. */
import { type App, acceptJsonAs } from '@gatehouse/service-kit/http';
import { createSemaphore } from '@gatehouse/service-kit/limits';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { type Admission, admitCallers } from '../access/admission.ts';
import { requireReach } from '../access/caller.ts';
import { decide } from '../access/guard.ts';
import { findHome } from '../people/home.ts';
import { contactCenterIdOf } from './authenticate.ts';
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
import type { createBulk } from './bulk/bulk.ts';
import { maxPayloadBytes } from './bulk/bulk-request.ts';
import { allOf, oneOf, resourceTypes, schemaDocuments, serviceProviderConfig } from './discovery.ts';
import { scimErrorHandler } from './errors.ts';
import type { Groups } from './groups.ts';
import { params, type Shared, searchRoute, tags } from './list-routes.ts';
import { send } from './reply.ts';
import { contextOf, resourceRoutes } from './resource-routes.ts';
import type { createSearch } from './search.ts';
import type { Users } from './users.ts';

/** A filter over very many people takes seconds: logins need the other connections to the database. */
const listsAtOnce = { concurrency: 4, queueLength: 100, patienceMs: 10_000 };

interface ScimRouteOptions {
  db: Queryable;
  admission: Admission;
  users: Users;
  groups: Groups;
  bulk: ReturnType<typeof createBulk>;
  search: ReturnType<typeof createSearch>;
  publicUrl: string | undefined;
}

export function scimRoutes(scim: App, options: ScimRouteOptions): void {
  const { db, admission, users, groups, bulk, search, publicUrl = '' } = options;
  const baseOf: Shared['baseOf'] = ({ home }) =>
    `${publicUrl}/environment/v3/contact-centers/${home.contactCenterId}/scim/v2`;
  const shared: Shared = { baseOf, lists: createSemaphore(listsAtOnce) };

  scim.setErrorHandler(scimErrorHandler);
  scim.decorateRequest('home');
  acceptJsonAs('application/scim+json', scim);
  scim.addHook('onRoute', (route) => {
    route.bodyLimit = maxPayloadBytes;
  });
  admitCallers(scim, admission);
  scim.addHook('onRequest', async (request) => {
    decide(request.caller, request);
    request.home = await findHome(db, requireReach(request.caller, contactCenterIdOf(request)));
  });

  resourceRoutes(scim, shared, {
    path: '/Users',
    param: 'userId',
    one: 'user',
    service: users,
    body: userBody,
    document: userDocument,
  });
  resourceRoutes(scim, shared, {
    path: '/Groups',
    param: 'groupId',
    one: 'group',
    service: groups,
    body: groupBody,
    document: groupDocument,
  });
  searchRoute(scim, shared, {
    path: '',
    name: '',
    summary: 'Users and groups together, by a filter in the body',
    document: z.union([userDocument, groupDocument]),
    list: search,
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
  descriptionRoutes(scim, baseOf);
}

function descriptionRoutes(scim: App, baseOf: Shared['baseOf']): void {
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
