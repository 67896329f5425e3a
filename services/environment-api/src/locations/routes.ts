/** `/locations`: which locations settings may be given for. */
import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/envelope';
import { locationInUseSchema } from '@gatehouse/contracts/environment-api/administration/locations';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { z } from 'zod';
import { contextOf } from '../changes/writer.ts';
import { failures } from '../failures.ts';
import { listEtagOf } from '../versions/etag.ts';
import { sendUnchanged } from '../versions/reply.ts';
import { declareLocationBody, withdrawLocationQuery } from './schemas.ts';
import type { LocationService } from './service.ts';

const tags = ['locations'];

export function locationRoutes(app: App, deps: { locations: LocationService; changeLog: ChangeLog }): void {
  const { locations, changeLog } = deps;

  app.get(
    '/locations',
    {
      schema: {
        tags,
        operationId: 'listLocations',
        summary: 'Locations in use',
        response: { 200: envelopeOf(z.array(locationInUseSchema)), ...failures },
      },
    },
    async (request, reply) => {
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      return ok(await locations.list(request.caller));
    },
  );

  app.post(
    '/locations',
    {
      schema: {
        tags,
        operationId: 'declareLocation',
        summary: 'Declare a location that no Configuration Server has for itself',
        body: declareLocationBody,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      await locations.declare(contextOf(request), request.body.data.location);
      return ok();
    },
  );

  app.delete(
    '/locations',
    {
      schema: {
        tags,
        operationId: 'withdrawLocation',
        summary: 'Withdraw the declaration of a location',
        querystring: withdrawLocationQuery,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      await locations.withdraw(contextOf(request), request.query.location);
      return ok();
    },
  );
}
