/** Serves `/auth/v3/ops/environments`: operators look at whom the contact centres of an environment have in common. */

import { envelopeOf } from '@gatehouse/contracts/answers';
import { membershipCountsSchema } from '@gatehouse/contracts/auth-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { createMembershipCounts } from './membership-counts.ts';

export function environmentRoutes(
  app: App,
  { membershipCounts }: { membershipCounts: ReturnType<typeof createMembershipCounts> },
): void {
  app.get(
    '/:id/memberships',
    {
      schema: {
        tags: ['operations'],
        operationId: 'countMemberships',
        summary: 'Who belongs to no contact centre of a shared environment, and who belongs to several',
        description:
          'Goes through the people of the environment, at most 10 000 and for at most 20 seconds. `isWhole` says whether that was everybody.',
        params: z.object({ id: z.guid() }),
        response: { 200: envelopeOf(membershipCountsSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await membershipCounts(request.params.id.toLowerCase(), actorOf(request))),
  );
}
