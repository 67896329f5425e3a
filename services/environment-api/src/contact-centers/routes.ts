/** Routes below `/contact-centers`. */
import { emptyEnvelope, envelopeOf, successStatus, warningSchema } from '@gatehouse/contracts/answers';
import {
  contactCenterEndsSchema,
  contactCenterSchema,
} from '@gatehouse/contracts/environment-administration';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { type App, etagOf, namedOrdinalKey, ok, ordinalKey, readPage } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, listEtagOf, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { nameWarnings } from './name-warnings.ts';
import {
  changeContactCenterBody,
  contactCenterList,
  contactCenterListQuery,
  createContactCenterBody,
} from './schemas.ts';
import type { ContactCenterService } from './service.ts';

const tags = ['contact centers'];
const params = z.object({ id: z.string() });
const written = envelopeOf(contactCenterSchema).extend({ warnings: z.array(warningSchema).optional() });

interface Services {
  contactCenters: ContactCenterService;
  changeLog: ChangeLog;
}

export function contactCenterRoutes(api: App, services: Services): void {
  collectionRoutes(api, services);
  readRoutes(api, services);
  writeRoutes(api, services);
}

function collectionRoutes(api: App, { contactCenters, changeLog }: Services): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listContactCenters',
        summary: 'Contact centres in the order of their creation, or by name',
        querystring: contactCenterListQuery,
        response: { 200: z.object({ status: successStatus, ...contactCenterList }), ...failures },
      },
    },
    async (request, reply) => {
      const { environmentId, domain, search, sort, count } = request.query;
      const page = readPage(request.query, sort === undefined ? ordinalKey : namedOrdinalKey);
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      const filter = { environmentId, domain, search, sort };
      const { rows, ...rest } = await contactCenters.list(request.caller, filter, page, count);
      return { ...ok(rows), ...rest };
    },
  );

  api.post(
    '',
    {
      schema: {
        tags,
        operationId: 'createContactCenter',
        summary: 'Create a contact centre',
        body: createContactCenterBody,
        response: { 200: written.extend({ path: z.string() }), ...failures },
      },
    },
    async (request, reply) => {
      const center = await contactCenters.create(contextOf(request), request.body.data);
      reply.header('etag', etagOf(center.version));
      return {
        ...ok(center),
        path: `/contact-centers/${center.id}`,
        warnings: nameWarnings(request.body.data.domains),
      };
    },
  );
}

function readRoutes(api: App, { contactCenters }: Pick<Services, 'contactCenters'>): void {
  api.get(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'readContactCenter',
        summary: 'One contact centre',
        params,
        response: { 200: envelopeOf(contactCenterSchema), ...failures },
      },
    },
    async (request, reply) => {
      const center = await contactCenters.read(request.caller, request.params.id);
      if (sendUnchanged(request, reply, etagOf(center.version))) return reply as never;
      return ok(center);
    },
  );

  api.get(
    '/:id/ends',
    {
      schema: {
        tags,
        operationId: 'readContactCenterEnds',
        summary: 'What is deleted with a contact centre, and what stays without it',
        description:
          'What its people and clients hold is at Auth API: `POST /auth/v3/ops/revocations` with `dryRun`.',
        params,
        response: { 200: envelopeOf(contactCenterEndsSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'private, no-cache');
      return ok(await contactCenters.ends(request.caller, request.params.id));
    },
  );
}

function writeRoutes(api: App, { contactCenters }: Pick<Services, 'contactCenters'>): void {
  for (const method of ['PUT', 'PATCH'] as const) {
    api.route({
      method,
      url: '/:id',
      schema: {
        tags,
        operationId: method === 'PUT' ? 'putContactCenter' : 'patchContactCenter',
        summary: 'Change the fields that are given; the others keep their values',
        params,
        body: changeContactCenterBody,
        response: { 200: written, ...failures },
      },
      handler: async (request, reply) => {
        const center = await contactCenters.change(contextOf(request), request.params.id, request.body.data);
        reply.header('etag', etagOf(center.version));
        return { ...ok(center), warnings: nameWarnings(request.body.data.domains) };
      },
    });
  }

  api.delete(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'deleteContactCenter',
        summary: 'Delete a contact centre with its settings',
        params,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      await contactCenters.remove(contextOf(request), request.params.id);
      return ok();
    },
  );
}
