/** Serves `/auth/v3/ops/refusals`: administrators search refused requests; those of unknown clients are for the installation's. */
import { errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { refusedRequestsAnswer } from '@gatehouse/contracts/auth-administration';
import { definedOnly, flag, instant, label } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import type { findRefusals, RefusalFilter } from './store.ts';

const text = label(512).optional();

const querySchema = z
  .object({
    clientId: text.describe('Id of a registered client.'),
    unknownClients: flag().default(false).describe('`true`: only of clients that are not registered.'),
    reason: text.describe('Such as redirect_uri_not_registered.'),
    correlationId: text.describe('The id on the error page, in the log line and in the answer header.'),
    from: instant().optional().describe('Not before this time.'),
    to: instant().optional().describe('Before this time.'),
    before: z.coerce
      .number()
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('`nextCursor` of the page before.'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })
  .refine(({ clientId, unknownClients }) => clientId === undefined || !unknownClients, {
    path: ['unknownClients'],
    message: 'clientId and unknownClients are both given: keep one',
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
          'Of the last seven days, at most 50 for each client and reason; all clients that are not registered count as one, and only administrators of the installation see theirs. No secret, code, token, assertion or password is kept.',
        querystring: querySchema,
        response: {
          200: refusedRequestsAnswer,
          400: errorEnvelope,
          401: securityError,
          403: errorEnvelope,
        },
      },
    },
    async (request) => {
      const { unknownClients, clientId, ...query } = request.query;
      const { requests, next } = await find({
        ...query,
        clientId: unknownClients ? '' : clientId,
        contactCenterId: actorOf(request).within,
      });
      return { ...ok(requests), ...definedOnly({ nextCursor: next }) };
    },
  );
}
