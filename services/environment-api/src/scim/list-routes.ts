/** Routes that list resources: by a query (RFC 7644 section 3.4.2), and by the body of a search (section 3.4.3), which no log of addresses has. */
import type { App } from '@gatehouse/service-kit/http';
import type { createSemaphore } from '@gatehouse/service-kit/limits';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Home } from '../people/person.ts';
import { listOf, scimFailures, searchBody } from './bodies.ts';
import { messageUrn } from './errors.ts';
import { type Listing, listAnswer, listQuery, type Question, questionOf } from './listing.ts';
import { send } from './reply.ts';
import { requireSchema } from './resource.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The contact centre whose people the routes of SCIM are about. Set before the body is read. */
    home: Home;
  }
}

export const tags = ['SCIM'];
export const params = z.object({ id: z.string() });

/** Of users and groups together. */
export interface Shared {
  baseOf: (request: FastifyRequest) => string;
  lists: ReturnType<typeof createSemaphore>;
}

interface Listed {
  /** Empty: users and groups. */
  path: string;
  /** In the names of the operations. */
  name: string;
  summary: string;
  document: z.ZodType;
  list(home: Home, question: Question, base: string): Promise<Listing>;
}

export function listRoute(scim: App, { baseOf, lists }: Shared, listed: Listed): void {
  const { path, name, summary, document, list } = listed;
  scim.get(
    path,
    {
      schema: {
        tags,
        operationId: `scimList${name}`,
        params,
        querystring: listQuery,
        summary,
        response: { 200: listOf(document), ...scimFailures },
      },
    },
    async (request, reply) => {
      const run = () => list(request.home, questionOf(request.query), baseOf(request));
      return send(reply, 200, listAnswer(await lists.run(run)));
    },
  );
}

export function searchRoute(scim: App, { baseOf, lists }: Shared, listed: Listed): void {
  const { path, name, summary, document, list } = listed;
  scim.post(
    `${path}/.search`,
    {
      schema: {
        tags,
        operationId: `scimSearch${name}`,
        params,
        body: searchBody,
        summary,
        response: { 200: listOf(document), ...scimFailures },
      },
    },
    async (request, reply) => {
      requireSchema(request.body, `${messageUrn}:SearchRequest`);
      const run = () => list(request.home, questionOf(request.body), baseOf(request));
      return send(reply, 200, listAnswer(await lists.run(run)));
    },
  );
}
