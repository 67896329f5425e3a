/** Serves `/auth/v3/ops/refusals`: administrators search refused requests; those of unknown clients are for the installation's. */
import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { refusedRequestsSchema } from '@gatehouse/contracts/auth-administration';
import { label } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import type { findRefusals, RefusalFilter } from './store.ts';

const text = label(512).optional();

const querySchema = z.object({
  clientId: text,
  reason: text.describe('Such as redirect_uri_not_registered.'),
  correlationId: text.describe('The id on the error page, in the log line and in the answer header.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

interface RefusalRoutesOptions {
  find(filter: RefusalFilter): ReturnType<typeof findRefusals>;
}

export function refusalRoutes(app: App, { find }: RefusalRoutesOptions): void {
  app.get(
    '',
    {
      schema: {
        operationId: 'searchRefusals',
        tags: ['audit'],
        summary: 'Refused requests to the OAuth endpoints, newest first',
        description:
          'Of the last seven days, at most 50 for each client and reason. No secret, code, token, assertion or password is kept.',
        querystring: querySchema,
        response: {
          200: envelopeOf(refusedRequestsSchema),
          400: errorEnvelope,
          401: securityError,
          403: errorEnvelope,
        },
      },
    },
    async (request) => ok(await find({ ...request.query, contactCenterId: actorOf(request).within })),
  );
}
