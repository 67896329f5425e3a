/** Route `/internal/changes`: a subscriber reads the changes that it missed on the Redis channel. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import { environmentChangesPageSchema } from '@gatehouse/contracts/environment-api';
import { integer } from '@gatehouse/contracts/values';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, listEtagOf, sendUnchanged } from '../answers.ts';

const query = z.object({
  since: z.coerce.number().int().min(0).default(0).describe('Number of the last change that is known.'),
  limit: integer(1, 1000).default(1000),
});

export function changeRoutes(api: App, { changeLog }: { changeLog: ChangeLog }): void {
  api.get(
    '',
    {
      schema: {
        tags: ['internal'],
        operationId: 'listChanges',
        summary: 'Changes after a number, oldest first',
        querystring: query,
        response: { 200: envelopeOf(environmentChangesPageSchema), ...failures },
      },
    },
    async (request, reply) => {
      const latest = await changeLog.latest();
      if (sendUnchanged(request, reply, listEtagOf(latest))) return reply as never;
      const { since, limit } = request.query;
      const changes = latest > since ? await changeLog.since(since, limit) : [];
      return ok({ changes, latest: Math.max(latest, changes.at(-1)?.seq ?? 0) });
    },
  );
}
