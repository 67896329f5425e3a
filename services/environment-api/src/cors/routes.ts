/** Routes below `/cors`: the origins whose pages may call the APIs; `/internal/cors` gives them to Auth API. */

import { emptyEnvelope, envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import { corsAnswer } from '@gatehouse/contracts/environment-administration';
import { corsViewSchema } from '@gatehouse/contracts/environment-api';
import { newOriginSchema } from '@gatehouse/contracts/resources';
import { idSchema, label } from '@gatehouse/contracts/values';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { badRequest } from '@gatehouse/service-kit/errors';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, listEtagOf, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import type { CorsService } from './service.ts';

const tags = ['CORS'];
const corsBody = wrapped(newOriginSchema);
/** In the query or, as some callers do it, in the body. */
const named = newOriginSchema.partial();

const removeCorsBody = z
  .object({
    data: named.nullish(),
    operationId: label().optional(),
  })
  .nullish();

const corsQuery = z.object({
  contactCenterId: idSchema.optional().describe('Only those of this one.'),
});

interface CorsDeps {
  cors: CorsService;
  changeLog: ChangeLog;
}

export function corsRoutes(api: App, { cors, changeLog }: CorsDeps): void {
  api.get(
    '',
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

  api.post(
    '',
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

  api.delete(
    '',
    {
      schema: {
        tags,
        operationId: 'removeOrigin',
        summary: 'Withdraw an origin, named in the query or in the body',
        querystring: named,
        body: removeCorsBody,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const { contactCenterId, origin } = { ...request.body?.data, ...request.query };
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

export function internalCorsRoutes(internal: App, { cors }: Pick<CorsDeps, 'cors'>): void {
  internal.get(
    '',
    {
      schema: {
        tags: ['internal'],
        operationId: 'viewOrigins',
        summary: 'Every allowed origin of the installation',
        response: { 200: envelopeOf(corsViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const { change, view } = await cors.ownedOrigins();
      if (sendUnchanged(request, reply, listEtagOf(change))) return reply as never;
      return ok(view);
    },
  );
}
