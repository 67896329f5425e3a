/** Serves `/auth/v3/ops/console-links`: the link by which the operator signs in to the console. */

import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { consoleLinkSchema } from '@gatehouse/contracts/auth-api';
import { type App, ok } from '@gatehouse/service-kit/http';
import { actorOf } from '../../core/administration/actor.ts';
import type { ConsoleLinks } from './service.ts';

export function consoleLinkRoutes(app: App, { consoleLinks }: { consoleLinks: ConsoleLinks }): void {
  app.post(
    '',
    {
      schema: {
        operationId: 'createConsoleLink',
        tags: ['console'],
        summary: 'Make the link by which the operator signs in to the console',
        description:
          'For the operator account by HTTP Basic alone. The link works once, within 60 seconds, and gives a session of at most 15 minutes.',
        response: {
          200: envelopeOf(consoleLinkSchema),
          401: securityError,
          403: errorEnvelope,
          503: errorEnvelope,
        },
      },
    },
    async (request) => ok(await consoleLinks.create(actorOf(request))),
  );
}
