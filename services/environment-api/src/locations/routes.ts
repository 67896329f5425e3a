/** Routes below `/locations`: the locations that settings may be given for. */
import { emptyEnvelope, envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import { locationInUseSchema } from '@gatehouse/contracts/environment-administration';
import { locationSchema } from '@gatehouse/contracts/environment-api';
import { newLocationSchema } from '@gatehouse/contracts/resources';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, listEtagOf, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import type { LocationService } from './service.ts';

const tags = ['locations'];
const declareLocationBody = wrapped(newLocationSchema);
const withdrawLocationQuery = z.object({ location: locationSchema });

export function locationRoutes(
  api: App,
  { locations, changeLog }: { locations: LocationService; changeLog: ChangeLog },
): void {
  api.get(
    '',
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
      return ok(request.verdict === 'empty' ? [] : await locations.list());
    },
  );

  api.post(
    '',
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

  api.delete(
    '',
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
