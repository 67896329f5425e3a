/** `/cors`: the origins whose pages may call, and what Auth API is told about them. */
import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/envelope';
import { corsAnswer } from '@gatehouse/contracts/environment-api/administration/cors';
import { corsViewSchema } from '@gatehouse/contracts/environment-api/cors';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { etagOf } from '@gatehouse/service-kit/http/entity-tag';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { contextOf } from '../changes/writer.ts';
import { failures } from '../failures.ts';
import { listEtagOf } from '../versions/etag.ts';
import { sendUnchanged } from '../versions/reply.ts';
import { corsBody, corsQuery, removeCorsBody, removeCorsQuery } from './schemas.ts';
import type { CorsService } from './service.ts';

const tags = ['CORS'];

interface CorsDeps {
  cors: CorsService;
  changeLog: ChangeLog;
}

export function corsRoutes(app: App, { cors, changeLog }: CorsDeps): void {
  app.get(
    '/cors',
    {
      schema: {
        tags,
        operationId: 'listOrigins',
        summary: 'Allowed origins: what the setting cors-origins holds',
        querystring: corsQuery,
        response: { 200: envelopeOf(corsAnswer), ...failures },
      },
    },
    async (request, reply) => {
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      const entries = await cors.list(request.caller, request.query.contactCenterId);
      return ok({ origins: [...new Set(entries.map(({ origin }) => origin))], entries });
    },
  );

  app.post(
    '/cors',
    {
      schema: {
        tags,
        operationId: 'addOrigin',
        summary: 'Allow an origin; applications whose clients are registered are never shut out by it',
        body: corsBody,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const { contactCenterId, origin } = request.body.data;
      const center = await cors.add(contextOf(request), contactCenterId, origin);
      reply.header('etag', etagOf(center.version));
      return ok();
    },
  );

  app.delete(
    '/cors',
    {
      schema: {
        tags,
        operationId: 'removeOrigin',
        summary: 'Withdraw an origin, named in the query or in the body',
        querystring: removeCorsQuery,
        body: removeCorsBody,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const given = { ...request.body?.data, ...request.query };
      const { contactCenterId, origin } = given;
      if (contactCenterId === undefined || origin === undefined) {
        const field = contactCenterId === undefined ? 'contactCenterId' : 'origin';
        throw badRequest(`${field} is missing: DELETE /cors?contactCenterId=…&origin=…`, { field });
      }
      const center = await cors.remove(contextOf(request), contactCenterId, origin);
      reply.header('etag', etagOf(center.version));
      return ok();
    },
  );
}

/** `/internal/cors`. */
export function internalCorsRoutes(app: App, { cors, changeLog }: CorsDeps): void {
  app.get(
    '/cors',
    {
      schema: {
        tags: ['internal'],
        operationId: 'viewOrigins',
        summary: 'Every allowed origin of the installation',
        response: { 200: envelopeOf(corsViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      return ok({ origins: await cors.allOrigins() });
    },
  );
}
