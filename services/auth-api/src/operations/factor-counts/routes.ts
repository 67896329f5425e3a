/** Serves `/auth/v3/ops/contact-centers/{id}/factors`: who has which second factor, and whom a policy keeps out. */

import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  factorCountsSchema,
  factorDryRunBodySchema,
  factorPreviewSchema,
} from '@gatehouse/contracts/auth-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { createFactorCounts } from './service.ts';

const tags = ['help desk'];
const params = z.object({ id: z.guid() });

export function factorCountRoutes(
  app: App,
  { factorCounts }: { factorCounts: ReturnType<typeof createFactorCounts> },
): void {
  app.get(
    '/:id/factors',
    {
      schema: {
        tags,
        operationId: 'countFactors',
        summary:
          'How many people of a contact centre have which second factor, and whom its policy keeps out',
        description:
          'People are those who signed in within the last 90 days, as far as the newest 200 000 security events of the contact centre say it, and those who have a factor.',
        params,
        response: { 200: envelopeOf(factorCountsSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await factorCounts.count(request.params.id.toLowerCase(), actorOf(request))),
  );

  app.post(
    '/:id/factors/dry-run',
    {
      schema: {
        tags,
        operationId: 'dryRunSecondFactor',
        summary: 'Whom a change of the policy of second factors would keep out',
        description:
          'Takes the members of `secondFactor` that a change of the contact centre would name, and changes nothing. Counts people as `GET /contact-centers/{id}/factors` does.',
        params,
        body: factorDryRunBodySchema,
        response: { 200: envelopeOf(factorPreviewSchema), ...refusalsOfOne },
      },
    },
    async (request) =>
      ok(await factorCounts.preview(request.params.id.toLowerCase(), request.body.data, actorOf(request))),
  );
}
