/** Serves `/auth/v3/ops/overview`: what the home page of the console shows. */

import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  authApiOverviewPath,
  authApiOverviewQuery,
  authApiOverviewSchema,
} from '@gatehouse/contracts/auth-administration';
import { notFound } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { Overview } from './service.ts';

export function overviewRoutes(app: App, { overview }: { overview: Overview }): void {
  app.get(
    authApiOverviewPath,
    {
      schema: {
        tags: ['operations'],
        operationId: 'readOverview',
        summary: 'Problems, sign-ins per minute, links to directories and what ends soon',
        description:
          'The counts are those of all replicas of this region, up to 48 hours back; the newest come a few seconds late.',
        querystring: authApiOverviewQuery,
        response: { 200: envelopeOf(authApiOverviewSchema), ...refusalsOfOne },
      },
    },
    async (request) => {
      const { contactCenterId: asked, ...question } = request.query;
      const { within } = actorOf(request);
      const contactCenterId = asked?.toLowerCase() ?? within;
      if (within !== undefined && contactCenterId !== within)
        throw notFound(`There is no contact centre ${JSON.stringify(asked)}`);
      return ok(await overview.read({ ...question, contactCenterId }));
    },
  );
}
